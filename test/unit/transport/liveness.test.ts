// Liveness: pings only while watched or asked to, and a silent peer is declared dead.
import assert from "node:assert/strict";
import { Liveness } from "../../../src/transport/liveness";
import { FakeClock } from "../../fakes/clock";

const limit = 60;

describe("liveness", () => {
  let pings: number;
  let deaths: number;
  let clock: FakeClock;
  let liveness: Liveness;
  beforeEach(() => {
    clock = new FakeClock();
    pings = 0;
    deaths = 0;
    liveness = new Liveness(limit, { ping: () => void (pings += 1), dead: () => void (deaths += 1) }, clock);
  });
  afterEach(() => liveness.dispose());

  /** The time after which a peer that says nothing has been declared dead. */
  const enough = 2 * limit;

  it("sends nothing while nobody watches", async () => {
    await clock.advance(enough);
    assert.deepEqual([pings, deaths], [0, 0]);
  });

  it("pings a silent peer and declares it dead, once", async () => {
    liveness.watch(true);
    await clock.advance(limit - 1);
    assert.deepEqual([deaths, liveness.overdue], [0, false]);
    await clock.advance(enough);
    assert.ok(pings >= 1 && liveness.overdue);
    const before = pings;
    await clock.advance(limit);
    assert.deepEqual([pings, deaths], [before, 1]);
  });

  it("lets a peer live that answers", async () => {
    liveness.watch(true);
    for (let sixth = 0; sixth < 18; sixth++) {
      await clock.advance(limit / 6);
      liveness.heard();
    }
    assert.equal(deaths, 0);
    await clock.advance(enough);
    assert.equal(deaths, 1);
  });

  it("asks before it declares dead, however long our own program was busy", async () => {
    liveness.watch(true);
    clock.block(2 * limit);
    await clock.advance(1);
    assert.deepEqual([pings, deaths], [1, 0]);
    await clock.advance(enough);
    assert.equal(deaths, 1);
  });

  it("stops when nobody watches any more", async () => {
    liveness.watch(true);
    liveness.watch(false);
    await clock.advance(enough);
    assert.deepEqual([pings, deaths], [0, 0]);
  });

  it("does not hold the silence before the watch against the peer", async () => {
    await clock.advance(enough);
    liveness.watch(true);
    assert.equal(liveness.overdue, false);
  });

  it("probes once without being watched", async () => {
    liveness.probe();
    assert.equal(pings, 1);
    liveness.heard();
    await clock.advance(enough);
    assert.deepEqual([pings, deaths], [1, 0]);
    liveness.probe();
    await clock.advance(enough);
    assert.equal(deaths, 1);
  });

  it("says nothing after its disposal", async () => {
    liveness.watch(true);
    liveness.dispose();
    await clock.advance(enough);
    assert.deepEqual([pings, deaths], [0, 0]);
  });

  it("does not count the time in which we did not listen", async () => {
    liveness.watch(true);
    liveness.pause(true);
    await clock.advance(enough);
    assert.deepEqual([deaths, liveness.overdue], [0, false]);
    liveness.pause(false);
    await clock.advance(enough);
    assert.equal(deaths, 1);
  });
});
