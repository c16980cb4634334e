// Things done soon, and once for all who ask.
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

  it("does once what is asked within the interval, at its end", async () => {
    throttle.ask();
    await clock.advance(10);
    throttle.ask();
    throttle.ask();
    assert.deepEqual(done, []);
    await clock.advance(1_000);
    assert.deepEqual(done, [100]);
    throttle.ask();
    await clock.advance(100);
    assert.deepEqual(done, [100, 1_110]);
  });

  it("does at most one in an interval, however often it is asked", async () => {
    for (let n = 0; n < 1_000; n++) {
      throttle.ask();
      await clock.advance(1);
    }
    assert.equal(done.length, 10);
  });

  it("does it now where it cannot wait, and not again at the end", async () => {
    throttle.ask();
    await clock.advance(10);
    throttle.now();
    await clock.advance(1_000);
    throttle.now();
    assert.deepEqual(done, [10, 1_010]);
  });

  it("does nothing more once disposed", async () => {
    throttle.ask();
    throttle.dispose();
    await clock.advance(1_000);
    assert.deepEqual(done, []);
  });
});
