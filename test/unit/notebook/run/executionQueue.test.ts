// A notebook's cells run one by one, in order; a failure ends what was asked for together with it.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import type { CellOutcome } from "../../../../src/notebook/run/run";
import { ExecutionQueue, handOverAfter, type QueuedRun, type Turn } from "../../../../src/notebook/run/executionQueue";
import { mayLog } from "../../../harness/results/loggedErrors";
import { HandClock, settled } from "../doubles";

describe("execution queue", () => {
  let events: string[];
  let queue: ExecutionQueue;
  beforeEach(() => {
    events = [];
    queue = new ExecutionQueue();
  });

  class Run implements QueuedRun {
    readonly #done = new Deferred<CellOutcome>();

    constructor(
      readonly name: string,
      readonly mayFail = false,
    ) {}

    /** The kernel begins with it. */
    start: () => void = () => undefined;
    /** The kernel answers that it succeeded. */
    succeed: () => void = () => undefined;

    run({ behind, started, succeeded }: Turn): Promise<CellOutcome> {
      events.push(`run ${this.name}${behind ? " behind" : ""}`);
      this.start = started;
      this.succeed = succeeded;
      return this.#done.promise;
    }

    cancel(): void {
      events.push(`cancel ${this.name}`);
      this.#done.resolve({ success: undefined, executionCount: null, startTime: null, endTime: 0 });
    }

    async end(success: boolean | undefined, mayFail = false): Promise<void> {
      this.#done.resolve({ success, executionCount: 1, startTime: 0, endTime: 0, ...(mayFail && { mayFail }) });
      await settled();
    }

    async break(): Promise<void> {
      this.#done.reject(new Error("bug"));
      await settled();
    }
  }

  const [a, b, c, d] = ["a", "b", "c", "d"] as const;
  const runs = (...names: string[]): Run[] => names.map((name) => new Run(name));

  it("runs one after the other in the order they were asked for", async () => {
    const [first, second, third] = [new Run(a), new Run(b), new Run(c)];
    queue.add([first, second]);
    queue.add([third]);
    assert.deepEqual([events, queue.isRunning, queue.waiting], [["run a"], true, 2]);
    await first.end(true);
    await second.end(true);
    assert.deepEqual(events, ["run a", "run b", "run c"]);
    await third.end(true);
    assert.deepEqual([queue.isRunning, queue.waiting], [false, 0]);
  });

  it("does not wait for the last output of a cell that the kernel says has succeeded", async () => {
    const clock = new HandClock();
    queue = new ExecutionQueue({ clock });
    const [first, second] = [new Run(a), new Run(b)];
    queue.add([first, second, ...runs(c)]);
    first.start();
    first.succeed();
    assert.deepEqual([events, queue.isRunning, queue.waiting], [["run a", "run b"], true, 1]);
    // That one is not behind it, and so nothing is given to the kernel behind that one.
    await clock.advance(handOverAfter);
    await first.end(true);
    assert.deepEqual(events, ["run a", "run b"]);
    second.succeed();
    await second.end(true);
    assert.deepEqual(events, ["run a", "run b", "run c"]);
  });

  it("ends what still waits where a cell that had succeeded is lost all the same", async () => {
    const [first, second] = [new Run(a), new Run(b)];
    queue.add([first, second, ...runs(c)]);
    first.succeed();
    await first.end(false);
    assert.deepEqual(events, ["run a", "run b", "cancel c"]);
    queue.dispose();
    assert.deepEqual(events, ["run a", "run b", "cancel c", "cancel b"]);
  });

  it("ends the rest of a run-all at its first failing cell, and goes on with what was asked for apart", async () => {
    for (const success of [false, undefined]) {
      events = [];
      const [first, other] = [new Run(a), new Run(d)];
      queue.add([first, ...runs(b, c)]);
      queue.add([other]);
      await first.end(success);
      assert.deepEqual(events, ["run a", "cancel b", "cancel c", "run d"]);
      await other.end(true);
    }
  });

  it("goes on behind a cell that failed as it may, and gives the kernel nothing behind it before", async () => {
    const clock = new HandClock();
    queue = new ExecutionQueue({ clock });
    const first = new Run(a, true);
    queue.add([first, ...runs(b)]);
    first.start();
    await clock.advance(handOverAfter);
    assert.deepEqual(events, ["run a"]);
    await first.end(false, true);
    assert.deepEqual(events, ["run a", "run b"]);
  });

  it("is emptied by an interrupt, and can be used again at once", async () => {
    const [first, next, last] = [new Run(a), new Run(c), new Run(d)];
    queue.add([first, ...runs(b)]);
    queue.clear();
    queue.add([next, last]);
    await first.end(false);
    await next.end(true);
    assert.deepEqual(events, ["run a", "cancel b", "run c", "run d"]);
  });

  it("takes single cells out", async () => {
    const [first, second, third] = [new Run(a), new Run(b), new Run(c)];
    queue.add([first, second, third]);
    assert.deepEqual([queue.remove(second), queue.remove(first)], [true, false]);
    await first.end(true);
    assert.deepEqual(events, ["run a", "cancel b", "run c"]);
  });

  it("runs one at a time though cells are added by whoever learns of an end", async () => {
    const [first, added] = [new Run(a), new Run(c)];
    const waiting = new Run(b);
    waiting.cancel = () => queue.add([added, new Run(d)]);
    queue.add([first, waiting]);
    await first.end(false);
    assert.deepEqual(events, ["run a", "run c"]);
  });

  it("goes on after a run that broke off", async () => {
    mayLog(/^A cell's run was lost: bug/);
    const first = new Run(a);
    queue.add([first]);
    queue.add(runs(b));
    await first.break();
    assert.deepEqual(events, ["run a", "run b"]);
  });

  it("ends everything when disposed", async () => {
    queue.add(runs(a, b));
    queue.dispose();
    queue.add(runs(c));
    await settled();
    assert.deepEqual(events, ["run a", "cancel b", "cancel a", "cancel c"]);
  });

  describe("with a clock", () => {
    let clock: HandClock;
    let hands: boolean;
    beforeEach(() => {
      clock = new HandClock();
      hands = true;
      queue = new ExecutionQueue({ clock, handsOver: () => hands });
    });

    it("gives the kernel all that waits once a cell has been running for a while", async () => {
      const first = new Run(a);
      queue.add([first, ...runs(b)]);
      queue.add(runs(c));
      await clock.advance(10 * handOverAfter);
      assert.deepEqual(events, ["run a"]); // its kernel is still being started, say
      first.start();
      await clock.advance(handOverAfter - 1);
      assert.deepEqual(events, ["run a"]);
      await clock.advance(1);
      assert.deepEqual(events, ["run a", "run b behind", "run c behind"]);
      queue.add(runs(d));
      assert.deepEqual([events.at(-1), queue.waiting], ["run d behind", 0]);
    });

    it("sends short cells one by one, and ends the rest at the first that fails", async () => {
      const [first, second] = [new Run(a), new Run(b)];
      queue.add([first, second, ...runs(c, d)]);
      first.start();
      await clock.advance(handOverAfter - 1);
      await first.end(true);
      second.start();
      await clock.advance(handOverAfter - 1);
      await second.end(false);
      assert.deepEqual(events, ["run a", "run b", "cancel c", "cancel d"]);
    });

    it("begins anew once the kernel is through with all it was given", async () => {
      const [first, second, third] = [new Run(a), new Run(b), new Run(c)];
      queue.add([first, second]);
      first.start();
      await clock.advance(handOverAfter);
      await first.end(true);
      await second.end(true);
      queue.add([third, ...runs(d)]);
      assert.deepEqual(events, ["run a", "run b behind", "run c"]);
    });

    it("keeps what waits where that is wanted", async () => {
      hands = false;
      const first = new Run(a);
      queue.add([first, ...runs(b)]);
      first.start();
      await clock.advance(10 * handOverAfter);
      assert.deepEqual(events, ["run a"]);
      queue.clear();
      assert.deepEqual(events, ["run a", "cancel b"]);
    });

    it("goes on with what the kernel has from before, and sends the rest after it", async () => {
      queue.addHeld([new Run(a), new Run(b)], runs(c));
      queue.add(runs(d));
      assert.deepEqual(events, ["run a", "run b behind", "run c behind", "run d behind"]);
    });

    it("ends what was asked for together with such a cell where that fails", async () => {
      hands = false;
      const first = new Run(a);
      queue.addHeld([first], runs(c));
      assert.deepEqual(events, ["run a"]);
      await first.end(false);
      assert.deepEqual(events, ["run a", "cancel c"]);
    });
  });
});
