// Interrupts that do not end what runs: when the person is told, of what, and until when.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { grace, Interruption, patience, type Stuck } from "../../../../src/notebook/run/interruption";
import { HandClock, settled } from "../doubles";

describe("an interrupt", () => {
  let clock: HandClock;
  let running: Deferred<void>;
  let sent: Deferred<void>[];
  let told: Stuck[];
  let over: boolean;
  let interruption: Interruption;

  beforeEach(() => {
    clock = new HandClock();
    running = new Deferred();
    [sent, told, over] = [[], [], false];
    interruption = new Interruption({
      clock,
      send: () => {
        const answer = new Deferred<void>();
        sent.push(answer);
        return answer.promise;
      },
      tell: (stuck, end) => {
        told.push(stuck);
        void end.then(() => (over = true));
      },
    });
  });

  const interrupt = (): Promise<void> => interruption.interrupt(running.promise);

  it("is told of no more where the cell ends in time", async () => {
    const answered = interrupt();
    sent[0]?.resolve();
    await answered;
    await clock.advance(patience - 1);
    running.resolve();
    await clock.advance(patience);
    assert.deepEqual([told, sent.length], [[], 1]);
  });

  it("is told of where the cell goes on, until it ends", async () => {
    void interrupt();
    sent[0]?.resolve();
    await clock.advance(patience);
    assert.deepEqual([told, over], [[{ attempts: 1, failure: undefined }], false]);
    running.resolve();
    await settled();
    assert.equal(over, true);
  });

  it("does not hang where the request is never answered", async () => {
    const answered = interrupt();
    await clock.advance(patience);
    await answered;
    assert.deepEqual(told, [{ attempts: 1, failure: undefined }]);
  });

  it("settles with the cell where that ends before the request is answered", async () => {
    const answered = interrupt();
    running.resolve();
    await answered;
    await clock.advance(2 * patience);
    assert.deepEqual(told, []);
  });

  it("says why at once where the request fails, without rejecting", async () => {
    const answered = interrupt();
    sent[0]?.reject(new Error("no network"));
    await answered;
    assert.deepEqual(told, []);
    await clock.advance(grace);
    assert.deepEqual(told, [{ attempts: 1, failure: "no network" }]);
    await clock.advance(2 * patience);
    assert.equal(told.length, 1);
  });

  it("says nothing where the request fails because the cell ends just then", async () => {
    void interrupt();
    sent[0]?.reject(new Error("kernel gone"));
    await clock.advance(grace / 2);
    running.resolve();
    await clock.advance(patience);
    assert.deepEqual(told, []);
  });

  it("counts how often it was tried, and waits for the last", async () => {
    void interrupt();
    await clock.advance(patience);
    void interrupt();
    sent[0]?.reject(new Error("late and of no interest"));
    await clock.advance(patience - 1);
    assert.equal(told.length, 1);
    await clock.advance(1);
    assert.deepEqual(told.slice(1), [{ attempts: 2, failure: undefined }]);
    assert.equal(sent.length, 2);
  });

  it("begins anew with the next cell", async () => {
    void interrupt();
    await clock.advance(patience);
    running.resolve();
    await settled();
    running = new Deferred();
    void interrupt();
    await clock.advance(patience);
    assert.deepEqual(
      told.map(({ attempts }) => attempts),
      [1, 1],
    );
  });
});
