// Liveness: pings only while watched or asked to, and a silent peer is declared dead.
import assert from "node:assert/strict";
import { delay, withTimeout } from "../../../src/base/async";
import { Liveness } from "../../../src/transport/liveness";

/** A limit that is short, and long against the timers' own inaccuracy. */
const limit = 60;

describe("liveness", () => {
  let pings: number;
  let dead: Promise<void>;
  let isDead: boolean;
  let liveness: Liveness;
  beforeEach(() => {
    pings = 0;
    isDead = false;
    dead = new Promise((resolve) => {
      liveness = new Liveness(limit, {
        ping: () => void (pings += 1),
        dead: () => {
          isDead = true;
          resolve();
        },
      });
    });
  });
  afterEach(() => liveness.dispose());
  const declared = (): Promise<void> => withTimeout(dead, 2_000, "The peer was not declared dead");

  it("sends nothing while nobody watches", async () => {
    await delay(2 * limit);
    assert.deepEqual([pings, isDead], [0, false]);
  });

  it("pings a silent peer and declares it dead, once", async () => {
    liveness.watch(true);
    await declared();
    assert.ok(pings >= 1 && liveness.overdue);
    const before = pings;
    await delay(limit);
    assert.equal(pings, before);
  });

  it("lets a peer live that answers", async () => {
    liveness.watch(true);
    const answering = setInterval(() => liveness.heard(), limit / 6);
    await delay(3 * limit);
    clearInterval(answering);
    assert.equal(isDead, false);
    await declared();
  });

  it("asks before it declares dead, however long our own program was busy", async () => {
    liveness.watch(true);
    const busyUntil = Date.now() + 2 * limit;
    while (Date.now() < busyUntil);
    await delay(1);
    assert.equal(isDead, false);
    await declared();
    assert.ok(pings >= 1);
  });

  it("stops when nobody watches any more", async () => {
    liveness.watch(true);
    liveness.watch(false);
    await delay(2 * limit);
    assert.deepEqual([pings, isDead], [0, false]);
  });

  it("does not hold the silence before the watch against the peer", async () => {
    await delay(2 * limit);
    liveness.watch(true);
    assert.equal(liveness.overdue, false);
  });

  it("probes once without being watched", async () => {
    liveness.probe();
    assert.equal(pings, 1);
    liveness.heard();
    await delay(2 * limit);
    assert.deepEqual([pings, isDead], [1, false]);
    liveness.probe();
    await declared();
  });

  it("says nothing after its disposal", async () => {
    liveness.watch(true);
    liveness.dispose();
    await delay(2 * limit);
    assert.deepEqual([pings, isDead], [0, false]);
  });

  it("does not count the time in which we did not listen", async () => {
    liveness.watch(true);
    liveness.pause(true);
    await delay(2 * limit);
    assert.deepEqual([isDead, liveness.overdue], [false, false]);
    liveness.pause(false);
    await declared();
  });
});
