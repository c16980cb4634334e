// Prompt acknowledgement: one pong a message at once, and few under a flood.
import assert from "node:assert/strict";
import { delay } from "../../../src/base/async";
import { Acknowledger } from "../../../src/transport/acknowledger";

describe("acknowledger", () => {
  let pongs: number;
  let acknowledger: Acknowledger;
  beforeEach(() => {
    pongs = 0;
    acknowledger = new Acknowledger(() => void (pongs += 1));
  });
  afterEach(() => acknowledger.stop());

  it("answers each message of a round trip at once", () => {
    for (let message = 1; message <= 6; message++) {
      acknowledger.received();
      assert.equal(pongs, message);
    }
  });

  it("answers a flood with a few, the last message included", async () => {
    for (let message = 0; message < 100_000; message++) acknowledger.received();
    // The loop took some milliseconds, and one pong for every four of them is allowed.
    const during = pongs;
    assert.ok(during < 1_000, String(during));
    await delay(20);
    assert.equal(pongs, during + 1);
  });

  it("sends nothing by itself", async () => {
    await delay(20);
    assert.equal(pongs, 0);
  });

  it("takes back what is still to be sent", async () => {
    for (let message = 0; message < 1_000; message++) acknowledger.received();
    const before = pongs;
    acknowledger.stop();
    await delay(20);
    assert.equal(pongs, before);
  });
});
