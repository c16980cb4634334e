// What the contents clients send, and what they make of answers that no test server gives on demand.
import assert from "node:assert/strict";
import { hasCode } from "../../../../src/base/errors";
import { nullLogger } from "../../../../src/base/log";
import { createCheckpoint, restoreCheckpoint } from "../../../../src/services/contents/checkpoints";
import {
  copyContents,
  deleteContents,
  getContents,
  getFile,
  getNotebook,
  listDirectory,
  renameContents,
  saveContents,
} from "../../../../src/services/contents/client";
import { ContentsError, type ContentsReason } from "../../../../src/services/contents/errors";
import { answering, type Reply } from "../rest/answers";

const entry = { name: "a", path: "a", type: "file" };
const refused = (reply: Reply, code: string, reason: ContentsReason) => async (): Promise<void> => {
  const { settings } = answering(() => reply, { token: { current: async () => "t", check: async () => "valid" } });
  await assert.rejects(deleteContents(settings, "d/a b"), (error) => {
    assert.ok(error instanceof ContentsError, String(error));
    assert.deepEqual([error.code, error.reason, error.status], [code, reason, reply.status]);
    assert.match(error.message, /“d\/a b”/);
    return true;
  });
};

describe("contents client", () => {
  it("asks for as much as is wanted", async () => {
    const { settings, sent } = answering(() => ({ json: { ...entry, format: "text", content: "x" } }));
    await getContents(settings, "a", { content: false });
    await getContents(settings, "a", { type: "file", format: "base64", hash: true });
    await getFile(settings, "a");
    assert.deepEqual(
      sent.map(({ path }) => path),
      ["api/contents/a?content=0", "api/contents/a?type=file&format=base64&content=1&hash=1", "api/contents/a?type=file&content=1"],
    );
  });

  it("sends paths in bodies as the server writes them", async () => {
    const { settings, sent } = answering(() => ({ json: entry }));
    await renameContents(settings, "/a b/", "/c//d#/");
    await copyContents(settings, "/a b/c", "");
    assert.deepEqual(sent, [
      { method: "PATCH", path: "api/contents/a%20b", body: { path: "c/d#" } },
      { method: "POST", path: "api/contents", body: { copy_from: "a b/c" } },
    ]);
  });

  it("encodes checkpoint ids", async () => {
    const { settings, sent } = answering(({ method }) => (method === "POST" ? { json: { id: "1/2" } } : {}));
    await createCheckpoint(settings, "a");
    await restoreCheckpoint(settings, "a", "1/2 3");
    assert.equal(sent[1]?.path, "api/contents/a/checkpoints/1%2F2%203");
  });

  it("leaves out invalid entries of a directory and logs how many", async () => {
    const warnings: string[] = [];
    const log = { ...nullLogger, warn: (message: string) => void warnings.push(message) };
    const content = [entry, { name: "b" }, null];
    const { settings } = answering(() => ({ json: { ...entry, type: "directory", format: "json", content } }), { log });
    assert.deepEqual(
      (await listDirectory(settings, "d")).map(({ path }) => path),
      ["a"],
    );
    assert.deepEqual(warnings, ["ana @ hub: 2 invalid entries of “d” are left out"]);
  });

  it("refuses an answer of another kind than was asked for", async () => {
    const { settings } = answering(() => ({ json: { ...entry, format: "text", content: "x" } }));
    for (const asked of [listDirectory(settings, "a"), getNotebook(settings, "a")]) {
      await assert.rejects(asked, (error) => hasCode(error, "invalid-response"));
    }
  });

  it("says that what should be JSON is truncated", async () => {
    const { settings } = answering(() => ({ text: '{"name": "a", "pa' }));
    await assert.rejects(getContents(settings, "a"), (error) => hasCode(error, "invalid-response") && /not JSON/.test(error.message));
  });

  it("does not answer for a failed sign-in", async () => {
    const { settings } = answering(() => ({ status: 403, json: { message: "Forbidden" } }));
    await assert.rejects(saveContents(settings, "a", { type: "directory" }), (error) => hasCode(error, "signed-out"));
  });

  it("leaves errors that it does not know as they are", async () => {
    const { settings } = answering(() => ({ status: 400, json: { message: "A pear is no apple" } }));
    const error = await saveContents(settings, "a", { type: "directory" }).catch((reason: unknown) => reason);
    assert.ok(!(error instanceof ContentsError) && error instanceof Error && /A pear is no apple/.test(error.message));
  });

  const plain = { status: 404, text: "file or directory '/d/a b' does not exist" };
  it("knows a 404 that says JSON and is plain text", refused(plain, "not-found", "missing"));
  it("knows a taken name", refused({ status: 409, json: { message: "File already exists: x" } }, "conflict", "exists"));
  it("knows a directory that is not empty", refused({ status: 400, json: { message: "Directory /x not empty" } }, "conflict", "not-empty"));
  const kind = { message: "x is a directory, not a file", reason: "bad type" };
  it("knows another kind", refused({ status: 400, json: kind }, "conflict", "wrong-type"));
  const binary = { message: "/x is not UTF-8 encoded", reason: "bad format" };
  it("knows what is no text", refused({ status: 400, json: binary }, "conflict", "not-text"));
  const hidden = { message: "Cannot delete file or directory '/.x'" };
  it("knows a hidden file", refused({ status: 400, json: hidden }, "forbidden", "hidden"));
  it("knows a file system that says no", refused({ status: 403, json: { message: "Permission denied: x" } }, "forbidden", "read-only"));
  const proxy = { status: 413, text: "<html><title>413 Request Entity Too Large</title></html>", type: "text/html" };
  it("knows a proxy's limit", refused(proxy, "too-large", "too-large"));
});
