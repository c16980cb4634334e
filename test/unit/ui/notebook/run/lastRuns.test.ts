// The last runs of a notebook's cells: what waits of their outputs is written, and no other run is looked at for it.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { DisplayIds } from "../../../../../src/notebook/outputs/displayIds";
import { CellExecution } from "../../../../../src/notebook/run/execution";
import type { ExecuteCallbacks, ExecutingKernel } from "../../../../../src/notebook/run/run";
import type { ExecuteReply } from "../../../../../src/services/kernel/messages";
import { LastRuns, type LastRun } from "../../../../../src/ui/notebook/run/lastRuns";
import { CellSink, HandClock, message, settled, stream } from "../../../notebook/doubles";

describe("the last runs of a notebook's cells", () => {
  /** Notes what is asked of it; `written` resolves when the test says so. */
  class CountedRun implements LastRun {
    asked = 0;
    forgotten = 0;
    writing = new Deferred<void>();

    constructor(readonly cell: string) {}

    written(): Promise<void> {
      this.asked += 1;
      return this.writing.promise;
    }

    forget(): void {
      this.forgotten += 1;
    }
  }

  /** A run of `cell` that has begun, and shown something. */
  function shown(runs: LastRuns, cell: string): CountedRun {
    const run = new CountedRun(cell);
    runs.began(run);
    runs.unwritten(run);
    return run;
  }

  /** How many runs are looked at for one more run in a notebook of `count` cells that all have run. */
  async function lookedAt(count: number): Promise<number> {
    const runs = new LastRuns();
    const others = Array.from({ length: count }, (_, index) => shown(runs, `cell ${index}`));
    for (const run of others) run.writing.resolve();
    await runs.written([]);
    for (const run of others) run.asked = 0;
    const again = shown(runs, "cell 0");
    again.writing.resolve();
    await runs.written([]);
    return [...others, again].reduce((sum, { asked, forgotten }) => sum + asked + forgotten, 0);
  }

  it("looks at as many runs after one more in a notebook of 1,000 cells as in one of 1", async () => {
    assert.deepEqual(await Promise.all([1, 200, 1_000].map(lookedAt)), [2, 2, 2]);
  });

  it("counts no cell that shows nothing", async () => {
    const runs = new LastRuns();
    const run = new CountedRun("cell");
    runs.began(run);
    await runs.written([]);
    assert.equal(run.asked, 0);
  });

  it("has everybody who asks wait until it is written", async () => {
    const runs = new LastRuns();
    const run = shown(runs, "cell");
    const done: number[] = [];
    for (const who of [1, 2]) void runs.written([]).then(() => done.push(who));
    await settled();
    assert.deepEqual(done, []);
    run.writing.resolve();
    await settled();
    assert.deepEqual(done, [1, 2]);
    await runs.written([]);
    assert.equal(run.asked, 2, "then it is not asked any more");
  });

  it("asks again of a run that has shown more while it was written", async () => {
    const runs = new LastRuns();
    const run = shown(runs, "cell");
    const first = runs.written([]);
    runs.unwritten(run);
    run.writing.resolve();
    await first;
    await runs.written([]);
    assert.equal(run.asked, 2);
  });

  it("leaves the run before out, and cells that wait to be run again", async () => {
    const runs = new LastRuns();
    const before = shown(runs, "cell");
    const after = shown(runs, "cell");
    runs.unwritten(before);
    void runs.written([]);
    assert.deepEqual([before.asked, before.forgotten, after.asked], [0, 1, 1]);
    await runs.written([new CountedRun("cell")]);
    assert.equal(after.asked, 1);
  });

  it("writes the last update by display id of a cell that ended long before", async () => {
    const clock = new HandClock();
    const runs = new LastRuns();
    const ids = new DisplayIds();
    const sinks: CellSink[] = [];
    /** Runs a cell to its end. */
    const run = async (cell: string, say: (callbacks: ExecuteCallbacks) => void): Promise<void> => {
      const sink = new CellSink();
      sinks.push(sink);
      const reply: ExecuteReply = { status: "ok", execution_count: 1, payload: [] };
      const kernel: ExecutingKernel = {
        execute: (_, callbacks) => {
          callbacks.onMessage(message("execute_input", { code: "1", execution_count: 1 }));
          say(callbacks);
          return { done: Promise.resolve(reply), dispose: () => undefined };
        },
      };
      const execution: CellExecution = new CellExecution({ cell, code: "1" }, () => Promise.resolve(kernel), {
        ...{ sink, displayIds: ids, clock },
        onStart: () => runs.began(execution),
        onExecutionCount: () => undefined,
        onInput: () => undefined,
        onUnwritten: () => runs.unwritten(execution),
      });
      const outcome = execution.run();
      await clock.advance(0);
      await outcome;
    };
    const shows =
      (type: string, text: string) =>
      (callbacks: ExecuteCallbacks): void =>
        callbacks.onMessage(message(type, { data: { "text/plain": text }, metadata: {}, transient: { display_id: "a" } }));
    await run("cell 1", shows("display_data", "2"));
    await run("cell 2", (callbacks) => callbacks.onMessage(stream("between")));
    await runs.written([]);
    await run("cell 3", shows("update_display_data", "5"));
    await run("cell 4", shows("update_display_data", "8"));
    await runs.written([]);
    assert.deepEqual(
      sinks[0]?.shown.map(({ items }) => items["text/plain"]),
      ["8"],
    );
  });
});
