// Loading a kernel's completer before anybody waits for it: once a process, at rest, after a cell of ours.
import assert from "node:assert/strict";
import { CompleterWarmUp, quiet } from "../../../../src/notebook/help/completerWarmUp";
import { HandClock } from "../doubles";

describe("a kernel's completer", () => {
  let clock: HandClock;
  let free: boolean;
  let asked: string[];
  let warm: Set<string>;
  let warmUp: CompleterWarmUp;
  beforeEach(() => {
    clock = new HandClock();
    free = true;
    asked = [];
    warm = new Set();
    warmUp = newWarmUp("first");
  });

  const newWarmUp = (name: string, kernel = "ana/k1"): CompleterWarmUp =>
    new CompleterWarmUp({ ...{ kernel, warm, clock }, isFree: () => free, ask: () => void asked.push(name) });

  /** Something changes; everybody looks. */
  function becomes(isFree: boolean, ...all: CompleterWarmUp[]): void {
    free = isFree;
    for (const one of all.length > 0 ? all : [warmUp]) one.update();
  }

  /** A cell runs, and ends. */
  async function runCell(one = warmUp, ms = 10): Promise<void> {
    becomes(false, one);
    one.began();
    await clock.advance(ms);
    becomes(true, one);
  }

  it("is asked for once its kernel has been at rest for a moment after a cell", async () => {
    await runCell();
    await clock.advance(quiet - 1);
    assert.deepEqual(asked, []);
    await clock.advance(1);
    assert.deepEqual(asked, ["first"]);
  });

  it("is asked for once", async () => {
    await runCell();
    await clock.advance(quiet);
    for (let cell = 0; cell < 3; cell++) {
      await runCell();
      await clock.advance(60_000);
    }
    assert.deepEqual(asked, ["first"]);
  });

  it("is not asked for before a cell has run, whatever its kernel does for others", async () => {
    becomes(true);
    await clock.advance(60_000);
    becomes(false);
    becomes(true);
    await clock.advance(60_000);
    assert.deepEqual(asked, []);
  });

  it("is not asked for while a cell runs, however long", async () => {
    await runCell(warmUp, 60_000);
    assert.deepEqual(asked, []);
  });

  it("waits anew with every cell of who runs one after the other", async () => {
    for (let cell = 0; cell < 5; cell++) {
      await runCell();
      await clock.advance(quiet - 1);
    }
    assert.deepEqual(asked, []);
    await clock.advance(1);
    assert.deepEqual(asked, ["first"]);
  });

  it("counts the moment from the first of several words that the kernel is at rest", async () => {
    await runCell();
    await clock.advance(quiet - 10);
    becomes(true);
    await clock.advance(10);
    assert.deepEqual(asked, ["first"]);
  });

  it("is not asked for where the kernel is busy for others just then, but when it is at rest again", async () => {
    await runCell();
    await clock.advance(quiet - 10);
    free = false; // and nobody has said so yet
    await clock.advance(10);
    assert.deepEqual(asked, []);
    becomes(false);
    becomes(true);
    await clock.advance(quiet);
    assert.deepEqual(asked, ["first"]);
  });

  it("is asked for again once a new process has run a cell", async () => {
    await runCell();
    await clock.advance(quiet);
    warmUp.restarts();
    becomes(true);
    await clock.advance(60_000);
    assert.deepEqual(asked, ["first"]);
    await runCell();
    await clock.advance(quiet);
    assert.deepEqual(asked, ["first", "first"]);
  });

  it("is not asked for where the kernel is restarted within the moment", async () => {
    await runCell();
    await clock.advance(quiet - 1);
    warmUp.restarts();
    await clock.advance(60_000);
    assert.deepEqual(asked, []);
  });

  it("is asked for by one of two notebooks on a kernel, and of each kernel", async () => {
    const second = newWarmUp("second");
    const other = newWarmUp("of another", "ana/k2");
    await runCell();
    await runCell(second);
    await runCell(other);
    await clock.advance(60_000);
    assert.deepEqual(asked, ["first", "of another"]);
  });

  it("is not asked for after its end", async () => {
    await runCell();
    warmUp.dispose();
    await clock.advance(60_000);
    assert.deepEqual(asked, []);
  });
});
