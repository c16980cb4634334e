// Files of servers as an editor needs them: what is replaced and what is not, and that nothing is ever cut short.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { FileRefusal, type RefusalReason } from "../../../../src/app/files/fileRefusal";
import { ServerFiles } from "../../../../src/app/files/serverFiles";
import { ProductError } from "../../../../src/base/errors";
import type { ServerSettings } from "../../../../src/transport/settings";
import { FakeContents } from "../../../fakes/contents";
import { answering, type Sent } from "../../services/rest/answers";

const over = { create: true, overwrite: true };

describe("files of a server", () => {
  let contents: FakeContents;
  let settings: ServerSettings;
  let sent: Sent[];
  let files: ServerFiles;
  const refuses = async (answer: Promise<unknown>, reason: RefusalReason): Promise<void> => {
    await assert.rejects(answer, (error) => {
      assert.ok(error instanceof FileRefusal, String(error));
      assert.equal(error.reason, reason);
      return true;
    });
  };
  const write = (path: string, text: string | Buffer, options = over): Promise<void> =>
    files.write(settings, path, Buffer.from(text), options);
  const read = async (path: string): Promise<string> => Buffer.from(await files.read(settings, path)).toString("utf8");

  beforeEach(() => {
    contents = new FakeContents();
    ({ settings, sent } = answering(contents.reply, { timeouts: { retry: 1 } }));
    files = new ServerFiles();
  });

  it("are read as their own bytes, notebooks too", async () => {
    const bytes = Buffer.from('{ "cells": [],\r\n "x": 1 }');
    contents.put("a.ipynb", bytes);
    assert.deepEqual(Buffer.from(await files.read(settings, "a.ipynb")), bytes);
    const { size, isDirectory, isWritable, mtime } = await files.stat(settings, "a.ipynb");
    assert.deepEqual([size, isDirectory, isWritable, mtime], [bytes.length, false, true, contents.files.get("a.ipynb")?.mtime]);
  });

  it("are created and replaced only where that is meant", async () => {
    await refuses(write("a", "1", { create: false, overwrite: true }), "missing");
    await write("a", "1", { create: true, overwrite: false });
    await refuses(write("a", "2", { create: true, overwrite: false }), "exists");
    await write("a", "3", { create: false, overwrite: true });
    assert.equal(contents.text("a"), "3");
    await refuses(write("", "x"), "is-directory");
    contents.put("b", "locked", false);
    await refuses(write("b", "x"), "read-only");
    assert.equal(contents.text("b"), "locked");
  });

  it("are not replaced silently where somebody else has changed them to the same size", async () => {
    contents.put("a", "x = 1");
    await read("a");
    contents.put("a", "x = 2");
    await refuses(write("a", "x = 3"), "changed");
    assert.equal(contents.text("a"), "x = 2");
    await write("a", "x = 3");
    assert.equal(contents.text("a"), "x = 3", "who saves again means it");
    contents.put("a", "x = 4");
    await refuses(write("a", "x = 5"), "changed");
    await read("a");
    await write("a", "x = 5");
    assert.equal(contents.text("a"), "x = 5", "who has read it may write it");
    contents.put("a", "x = 5");
    await write("a", "x = 6");
    assert.equal(contents.text("a"), "x = 6", "a save that changed nothing is no change");
  });

  it("say what has become of them", async () => {
    contents.put("a", "1");
    assert.equal(await files.changeOf(settings, "a"), "same", "never seen");
    await read("a");
    assert.equal(await files.changeOf(settings, "a"), "same");
    contents.put("a", "12");
    assert.equal(await files.changeOf(settings, "a"), "changed");
    await write("a", "123");
    assert.equal(await files.changeOf(settings, "a"), "same");
    contents.files.delete("a");
    assert.equal(await files.changeOf(settings, "a"), "gone");
  });

  it("stay trusted where they are, and never become it", async () => {
    contents.put("mine.ipynb", "1");
    contents.signed.add("1");
    contents.put("given.ipynb", "2");
    for (const text of ["3", "4"]) {
      await write("mine.ipynb", text);
      await write("given.ipynb", `${text}${text}`);
    }
    assert.deepEqual([...contents.signed], ["1", "3", "4"]);
    const asked = sent.filter(({ path }) => path.includes("type=notebook"));
    assert.equal(asked.length, 2, "the server is asked for the whole notebook before the first save only");
  });

  it("are the old ones where a large write is refused or breaks off", async () => {
    const old = randomBytes(10);
    contents.put("large", old);
    const large = randomBytes(13 * 1024 * 1024);
    let parts = 0;
    contents.refuse = ({ method, body }) => {
      const { content = "", chunk } = (body ?? {}) as { content?: string; chunk?: number };
      if (method === "PUT" && content.length > 10_000_000) return { status: 413, text: "Request Entity Too Large", type: "text/html" };
      return method === "PUT" && chunk === 2 && parts++ < 3 ? { status: 507, json: { message: "No space left on device" } } : undefined;
    };
    await assert.rejects(write("large", large), ProductError);
    assert.deepEqual([...contents.files.keys()], ["large"]);
    assert.deepEqual(contents.files.get("large")?.bytes, old);
    parts = 3;
    await write("large", large);
    assert.deepEqual([...contents.files.keys()], ["large"]);
    assert.ok(contents.files.get("large")?.bytes.equals(large));
  });

  it("are sent again where a proxy was left with half of them", async () => {
    let refusals = 0;
    contents.refuse = ({ method }) => (method === "PUT" && refusals++ === 0 ? { status: 400, text: "" } : undefined);
    await write("a", "1");
    assert.equal(contents.text("a"), "1");
    contents.refuse = ({ method }) => (method === "PUT" ? { status: 400, json: { message: "no" } } : undefined);
    const before = sent.length;
    await assert.rejects(write("a", "2"), ProductError);
    assert.equal(sent.slice(before).filter(({ method }) => method === "PUT").length, 1);
  });

  it("are sent in one request where the way takes that", async () => {
    const large = randomBytes(13 * 1024 * 1024);
    await write("large", large);
    assert.deepEqual(
      sent.map(({ method }) => method),
      ["GET", "PUT"],
    );
  });

  it("take the place of others only where that is meant", async () => {
    contents.put("a", "1");
    contents.put("b", "2");
    await refuses(files.rename(settings, "a", "b", { overwrite: false }), "exists");
    assert.deepEqual([contents.text("a"), contents.text("b")], ["1", "2"]);
    await files.rename(settings, "a", "b", { overwrite: true });
    assert.deepEqual([contents.text("a"), contents.text("b")], [undefined, "1"]);
    await files.rename(settings, "b", "b", { overwrite: false });
    await assert.rejects(files.rename(settings, "gone", "c", { overwrite: true }), /not there/);
  });

  it("are not missed by a rename: what was seen of them goes with them", async () => {
    contents.put("a", "x = 1");
    await read("a");
    await files.rename(settings, "a", "b", { overwrite: false });
    contents.put("b", "x = 2");
    await refuses(write("b", "x = 3"), "changed");
  });

  it("go with their directory, if that is meant, also where a server deletes only empty ones", async () => {
    await files.createDirectory(settings, "d");
    await refuses(files.createDirectory(settings, "d"), "exists");
    await files.createDirectory(settings, "d/e");
    await write("d/e/x", "1");
    await write("d/y", "2");
    assert.deepEqual(await files.list(settings, "d"), [
      ["e", true],
      ["y", false],
    ]);
    await refuses(files.delete(settings, "d", { recursive: false }), "not-empty");
    await files.delete(settings, "d", { recursive: true });
    assert.deepEqual([[...contents.directories], contents.files.size], [[""], 0]);
    await assert.rejects(files.delete(settings, "d", { recursive: true }), /not there/);
  });
});
