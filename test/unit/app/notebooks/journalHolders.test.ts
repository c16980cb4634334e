// Whose a journal is while several windows have the same notebook: found out before anything is taken from anybody.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTimeout } from "../../../../src/base/async";
import { nullLogger } from "../../../../src/base/log";
import { Journals } from "../../../../src/app/notebooks/journals";
import type { Journal } from "../../../../src/app/notebooks/journalFiles";

describe("the window that holds a journal", () => {
  let folder: string;
  const windows: Journals[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holders-"));
  });
  afterEach(() => {
    for (const window of windows.splice(0)) window.dispose();
    rmSync(folder, { recursive: true });
  });

  const window = (isShown?: () => Promise<unknown>): Journals => {
    const journals = new Journals(folder, nullLogger, isShown);
    windows.push(journals);
    return journals;
  };
  /** A window that runs the notebook, and its journal. */
  const running = (isShown?: () => Promise<unknown>): Journal => {
    const journal = window(isShown).of("x.ipynb");
    journal.begin("https://hub.example.org/#ana/");
    journal.write({ kind: "queued", id: "a", cell: { index: 0 }, code: "1", batch: 1 });
    return journal;
  };
  /** What another window makes of it. */
  const other = (): { readonly journals: Journals; readonly journal: Journal } => {
    const journals = window();
    return { journals, journal: journals.of("x.ipynb") };
  };
  const questions = (): string[] => readdirSync(folder).filter((name) => name.includes("-"));
  const soon = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 1_500, "Waited in vain");

  it("says so when it is asked, and when it is done with the notebook", async () => {
    const first = running();
    const { journals, journal } = other();
    assert.equal(journals.mayBeHeld(journal), true);
    const held = await soon(journals.holderOf(journal));
    assert.ok(held);
    let freed = false;
    void held.freed.then(() => (freed = true));
    await new Promise(setImmediate);
    assert.equal(freed, false);
    first.dispose();
    await soon(held.freed);
    held.dispose();
    assert.deepEqual(questions(), []);
  });

  it("is nobody where the notebook was closed there, at once", async () => {
    running().dispose();
    const { journals, journal } = other();
    assert.equal(await soon(journals.holderOf(journal)), undefined);
    assert.deepEqual(questions(), []);
  });

  it("is nobody where no person sees it, or its process hangs", async () => {
    running(() => new Promise(() => undefined));
    const { journals, journal } = other();
    assert.equal(await journals.holderOf(journal), undefined);
    assert.deepEqual(questions(), []);
  });

  it("is nobody where its process has ended, without asking", () => {
    const first = running();
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const file = join(first.directory, "owner");
    writeFileSync(file, readFileSync(file, "utf8").replace(`\n${process.pid}\n`, `\n${pid}\n`));
    const { journals, journal } = other();
    assert.equal(journals.mayBeHeld(journal), false);
  });

  it("is itself: it asks nobody", () => {
    const journals = window();
    const journal = journals.of("x.ipynb");
    assert.equal(journals.mayBeHeld(journal), false, "nobody has begun");
    journal.begin("https://hub.example.org/#ana/");
    assert.equal(journals.mayBeHeld(journals.of("x.ipynb")), false);
  });

  it("is the one that took it: only that one is asked, and only its end counts", async () => {
    const first = running();
    const second = running();
    assert.deepEqual([first.hasTurn, second.hasTurn], [false, true]);
    const { journals, journal } = other();
    const held = await soon(journals.holderOf(journal));
    assert.ok(held);
    first.dispose();
    assert.equal(questions().length, 1, "it waits on");
    second.dispose();
    await soon(held.freed);
    held.dispose();
  });

  it("may have been written down by an earlier version, which nobody can ask", async () => {
    const first = running();
    writeFileSync(join(first.directory, "owner"), "another-window\nhttps://hub.example.org/#ana/");
    const { journals, journal } = other();
    assert.equal(journals.mayBeHeld(journal), true);
    assert.equal(await journals.holderOf(journal), undefined);
    assert.equal(journal.server, "https://hub.example.org/#ana/");
  });
});
