// Prompt acknowledgement: one pong for what has come, at once, and few under a flood.
import assert from "node:assert/strict";
import { Acknowledger, type Soon } from "../../../src/transport/acknowledger";
import { FakeClock } from "../../fakes/clock";

describe("acknowledger", () => {
  let pongs: number;
  let clock: FakeClock;
  let acknowledger: Acknowledger;
  let due: (() => void) | undefined;
  beforeEach(() => {
    pongs = 0;
    clock = new FakeClock();
    due = undefined;
    const soon: Soon = (call) => {
      due = call;
      return { dispose: () => (due = undefined) };
    };
    acknowledger = new Acknowledger(() => void (pongs += 1), clock, soon);
  });

  /** What has come together is handled. */
  const turn = (): void => due?.();
  /** A message comes, and nothing with it. */
  const receive = (): void => {
    acknowledger.received();
    turn();
  };

  /** A message each millisecond. */
  const flood = async (ms: number): Promise<void> => {
    for (let time = 0; time < ms; time++) {
      receive();
      await clock.advance(1);
    }
  };

  it("answers each message of a round trip at once", () => {
    for (let message = 1; message <= 6; message++) {
      receive();
      assert.equal(pongs, message);
    }
  });

  it("answers what came together with one, when all of it is handled", () => {
    for (let message = 1; message <= 6; message++) acknowledger.received();
    assert.equal(pongs, 0);
    turn();
    assert.equal(pongs, 1);
  });

  it("leaves it to a request that is sent meanwhile", () => {
    acknowledger.received();
    acknowledger.sent();
    turn();
    assert.equal(pongs, 0);
    receive();
    assert.equal(pongs, 1);
  });

  it("answers a flood with a few, the last message included", async () => {
    for (let message = 0; message < 100_000; message++) receive();
    assert.equal(pongs, 8);
    await clock.advance(4);
    assert.equal(pongs, 9);
    await clock.advance(1_000);
    assert.equal(pongs, 9);
  });

  it("answers a flood that lasts about once a screen's frame", async () => {
    await flood(100);
    const before = pongs;
    await flood(1_000);
    assert.ok(pongs - before >= 58 && pongs - before <= 63, String(pongs - before));
  });

  it("answers at once again when the flood is over", async () => {
    await flood(100);
    await clock.advance(50);
    const before = pongs;
    for (let message = 1; message <= 6; message++) {
      receive();
      assert.equal(pongs, before + message);
    }
  });

  it("answers the messages of a request that is sent within a flood at once", async () => {
    await flood(100);
    await clock.advance(16); // what waited has gone out
    acknowledger.sent();
    const before = pongs;
    for (let message = 1; message <= 6; message++) receive();
    assert.equal(pongs, before + 6);
  });

  it("sends nothing by itself", async () => {
    await clock.advance(1_000);
    assert.deepEqual([pongs, clock.waiting], [0, 0]);
  });

  it("takes back what is still to be sent", async () => {
    for (let message = 0; message < 1_000; message++) receive();
    acknowledger.received();
    const before = pongs;
    acknowledger.stop();
    turn();
    await clock.advance(1_000);
    assert.deepEqual([pongs, clock.waiting], [before, 0]);
  });
});
