// Journals as files: what one window wrote another takes up, and only one has its turn.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journals, type Journal } from "../../../../src/app/notebooks/journals";
import { nullLogger } from "../../../../src/base/log";
import type { JournaledRun } from "../../../../src/notebook/run/journal";
import { createMessage, type Message } from "../../../../src/services/kernel/messages";

describe("journals", () => {
  let folder: string;
  const opened: Journal[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "journals-"));
  });
  afterEach(() => {
    for (const journal of opened.splice(0)) journal.dispose();
    rmSync(folder, { recursive: true });
  });

  const open = (window = new Journals(folder, nullLogger)): Journal => {
    const journal = window.of("x.ipynb");
    opened.push(journal);
    return journal;
  };
  const queue = (journal: Journal, id: string): void => journal.write({ kind: "queued", id, cell: { index: 0 }, code: "1", batch: 1 });
  const output = (parent: string, text = "out"): Message =>
    createMessage("kernel", "iopub", "stream", { name: "stdout", text }, { parent: { msg_id: parent } });
  const ids = (journal: Journal): string[] => journal.read().runs.map(({ queued }) => queued.id);
  const files = (): string[] => readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)));

  it("gives the next window what the last one wrote", () => {
    const first = open();
    first.begin("https://hub.example.org/#ana/");
    queue(first, "a");
    first.receive("a", output("a"));
    first.dispose();
    first.receive("a", output("a"));
    const [run] = open().read().runs;
    assert.deepEqual([run?.queued.id, run?.messages.length], ["a", 1]);
  });

  it("lets nobody write but the window that began last", () => {
    const [first, second] = [open(), open()];
    first.begin("https://hub.example.org/#ana/");
    queue(first, "a");
    second.begin("https://hub.example.org/#ana/");
    queue(first, "b");
    queue(second, "c");
    assert.deepEqual(ids(second), ["a", "c"]);
    first.begin("https://hub.example.org/#ana/");
    queue(first, "d");
    assert.deepEqual(ids(first), ["a", "c", "d"]);
  });

  it("knows the kernel of the runs, whoever wrote it last", () => {
    const [first, second] = [open(), open()];
    const note = (journal: Journal, kernelId: string): void =>
      journal.write({ kind: "kernel", server: "s", spec: "python3", path: "x.ipynb", kernelId, clientId: "c" });
    const kernels = (): unknown[] => [first, second].map(({ kernel }) => kernel?.kernelId);
    assert.deepEqual(kernels(), [undefined, undefined]);
    first.begin("https://hub.example.org/#ana/");
    note(first, "a");
    assert.deepEqual(kernels(), ["a", "a"]);
    second.begin("https://hub.example.org/#ana/");
    note(second, "b");
    note(first, "c"); // not its turn
    assert.deepEqual(kernels(), ["b", "b"]);
    second.clear();
    assert.deepEqual(kernels(), [undefined, undefined]);
  });

  it("keeps a large message in a file of its own, and drops it with its run", () => {
    const journal = open();
    journal.begin("https://hub.example.org/#ana/");
    queue(journal, "a");
    const text = "x".repeat(1024 * 1024);
    journal.receive("a", output("a", text));
    assert.equal(textOf(journal.read().runs[0]), text);
    assert.equal(files().filter((name) => name.startsWith("blob")).length, 1);
    journal.write({ kind: "settled", id: "a", endTime: 1 });
    journal.forget(["a"]);
    assert.deepEqual([ids(journal), files().filter((name) => name.startsWith("blob"))], [[], []]);
  });

  it("forgets at a save what was over before it, keeps what goes on, and can be written to after", () => {
    const journal = open();
    journal.begin("https://hub.example.org/#ana/");
    for (const id of ["a", "b", "c"]) queue(journal, id);
    journal.receive("b", output("b"));
    journal.write({ kind: "settled", id: "a", endTime: 1 });
    const { settled } = journal;
    journal.write({ kind: "settled", id: "c", endTime: 2 });
    journal.forget(settled);
    assert.deepEqual([ids(journal), journal.settled], [["b", "c"], ["c"]]);
    journal.receive("b", output("b", "more"));
    assert.equal(textOf(journal.read().runs[0]), "outmore");
  });

  it("tells whether the last window left in order", () => {
    const journal = open();
    journal.begin("https://hub.example.org/#ana/");
    queue(journal, "a");
    assert.equal(journal.read().left, false);
    journal.write({ kind: "left" });
    assert.equal(journal.read().left, true);
    journal.receive("a", output("a"));
    assert.equal(journal.read().left, false);
  });

  it("goes with its notebook to another name, in place of what was there", () => {
    const window = new Journals(folder, nullLogger);
    const [old, other] = [open(window), window.of("y.ipynb")];
    for (const [journal, id] of [
      [old, "a"],
      [other, "b"],
    ] as const) {
      journal.begin("https://hub.example.org/#ana/");
      queue(journal, id);
      journal.dispose();
    }
    window.move("x.ipynb", "y.ipynb");
    window.move("never.ipynb", "y.ipynb");
    assert.deepEqual([ids(window.of("x.ipynb")), ids(window.of("y.ipynb"))], [[], ["a"]]);
  });

  it("is gone when it is cleared", () => {
    const journal = open();
    journal.begin("https://hub.example.org/#ana/");
    queue(journal, "a");
    journal.clear();
    assert.deepEqual([ids(journal), readdirSync(folder)], [[], []]);
    journal.begin("https://hub.example.org/#ana/");
    queue(journal, "b");
    assert.deepEqual(ids(journal), ["b"]);
  });
});

function textOf(run: JournaledRun | undefined): string {
  return (run?.messages ?? []).map(({ message }) => String(message.content["text"])).join("");
}
