// Things done at most so often.
import assert from "node:assert/strict";
import { Throttle } from "../../../src/base/throttle";
import { HandClock } from "../notebook/doubles";

describe("throttle", () => {
  let clock: HandClock;
  let done: number[];
  let throttle: Throttle;
  beforeEach(() => {
    clock = new HandClock();
    done = [];
    throttle = new Throttle(() => done.push(clock.now()), 100, clock);
  });

  it("does the first at once, and what is asked meanwhile once at the end of the interval", async () => {
    throttle.ask();
    await clock.advance(10);
    throttle.ask();
    throttle.ask();
    assert.deepEqual(done, [0]);
    await clock.advance(1_000);
    assert.deepEqual(done, [0, 100]);
    throttle.ask();
    assert.deepEqual(done, [0, 100, 1_010]);
  });

  it("does at most one in an interval, however often it is asked", async () => {
    for (let n = 0; n < 1_000; n++) {
      throttle.ask();
      await clock.advance(1);
    }
    await clock.advance(100);
    assert.equal(done.length, 11);
  });

  it("does nothing more once disposed", async () => {
    throttle.ask();
    throttle.ask();
    throttle.dispose();
    await clock.advance(1_000);
    assert.deepEqual(done, [0]);
  });
});
