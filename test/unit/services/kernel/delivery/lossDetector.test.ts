// Lost messages are seen by the numbers that the kernel gives to what it sends.
import assert from "node:assert/strict";
import { LossDetector } from "../../../../../src/services/kernel/delivery/lossDetector";
import type { Gap } from "../../../../../src/services/kernel/delivery/gap";
import { createMessage, type Channel, type JsonObject, type Message } from "../../../../../src/services/kernel/messages";
import { FakeClock } from "../../../../fakes/clock";

describe("continuity", () => {
  const cell = createMessage("client", "shell", "execute_request", {});
  const others = createMessage("client", "shell", "kernel_info_request", {});
  const owned = new Set([cell.header.msg_id]);
  const isOwn = (id: string): boolean => owned.has(id);
  let continuity: LossDetector;
  let clock: FakeClock;
  let gaps: Gap[];
  let number = 0;

  const say = (type: string, parent: Message, options: { channel?: Channel; content?: JsonObject; process?: string } = {}): void => {
    const { channel = "iopub", content = {}, process = "kernel_7" } = options;
    const id = `${process}_${number++}`;
    continuity.received(createMessage("kernel", channel, type, content, { id, parent: parent.header }));
  };
  const lose = (count = 1): void => void (number += count);
  const begin = (parent: Message): void => say("status", parent, { content: { execution_state: "busy" } });
  const end = (parent: Message): void => {
    if (parent === cell) say("execute_reply", parent, { channel: "shell" });
    else lose(); // replies to others go to them
    say("status", parent, { content: { execution_state: "idle" } });
  };
  const outage = (): void => {
    continuity.connectionLost();
    continuity.reconnected();
  };
  /** Whether it has been told since. */
  const ended = (): boolean => {
    continuity.ended(cell.header);
    return gaps.splice(0).length > 0;
  };

  beforeEach(() => {
    clock = new FakeClock();
    gaps = [];
    continuity = new LossDetector({ clientId: "client", isOwn, missed: (gap) => gaps.push(gap) }, clock);
    number = 40;
    begin(cell);
  });

  it("tells when the cell ends that one of its messages is missing, and once", () => {
    outage();
    lose();
    say("stream", cell);
    end(cell);
    assert.deepEqual([ended(), ended()], [true, false]);
  });

  it("tells while the cell goes on, from when to when there was no connection", async () => {
    continuity.connectionLost();
    await clock.advance(2_000);
    continuity.reconnected();
    lose();
    say("stream", cell);
    assert.deepEqual(gaps, []);
    await clock.advance(1_000);
    assert.deepEqual(gaps, [{ from: 0, to: 2_000 }]);
  });

  it("waits for messages of other channels that are overtaken", async () => {
    outage();
    number += 1;
    say("stream", cell);
    number -= 2;
    say("execute_reply", cell, { channel: "shell" });
    await clock.advance(1_000);
    assert.deepEqual(gaps, []);
  });

  it("tells nothing where nothing is missing, though messages overtake each other", () => {
    outage();
    number += 1;
    say("stream", cell);
    number -= 2;
    say("stream", cell);
    number += 1;
    end(cell);
    assert.equal(ended(), false);
  });

  it("knows that the replies to other clients go to them", () => {
    begin(others);
    outage();
    end(others);
    end(cell);
    assert.equal(ended(), false);
  });

  it("sees a message that is missing beside them", () => {
    begin(others);
    outage();
    end(others);
    lose();
    end(cell);
    assert.equal(ended(), true);
  });

  it("misses nothing where the end of what the server asks for itself is lost, and sees what is lost beside it", () => {
    for (const also of [0, 1]) {
      begin(others);
      continuity.connectionLost();
      lose(2 + also); // reply, idle, and maybe a line
      continuity.reconnected();
      say("stream", cell);
      end(cell);
      assert.equal(ended(), also > 0);
      begin(cell);
    }
  });

  it("misses nothing where the beginning of what the server asks for itself is lost, and sees what is lost beside it", () => {
    outage();
    lose();
    end(others);
    say("stream", cell);
    end(cell);
    assert.equal(ended(), false);
    begin(cell);
    outage();
    lose(2);
    end(others);
    end(cell);
    assert.equal(ended(), true);
  });

  it("tells nothing of what was missing without an outage, or after the kernel has answered since", () => {
    lose();
    end(cell);
    assert.equal(ended(), false);
    begin(cell);
    outage();
    continuity.probeAnswered();
    lose();
    end(cell);
    assert.equal(ended(), false);
  });

  it("tells that the end of a cell is missing", () => {
    outage();
    lose(2);
    assert.equal(ended(), true);
  });

  it("asks nothing of what the server keeps for itself before it lets the connection through", async () => {
    end(cell);
    continuity.connectionLost();
    const question = createMessage("client", "shell", "kernel_info_request", {});
    owned.add(question.header.msg_id);
    continuity.reconnected();
    lose(3);
    begin(question);
    end(question);
    continuity.ended(question.header);
    await clock.advance(1_000);
    assert.deepEqual(gaps, []);
  });

  it("begins anew with another process", () => {
    outage();
    number = 0;
    say("stream", cell, { process: "kernel_8" });
    say("status", cell, { content: { execution_state: "idle" }, process: "kernel_8" });
    assert.equal(ended(), false);
  });

  it("takes a gap of any length", () => {
    outage();
    lose(1e12);
    end(cell);
    assert.equal(ended(), true);
  });

  it("knows of kernels that do not count", () => {
    assert.equal(continuity.counts, true);
    const uncounted = new LossDetector({ clientId: "client", isOwn, missed: () => assert.fail("nothing is known") });
    uncounted.received(createMessage("kernel", "iopub", "stream", {}, { id: "c56d1dcd-a75a-4c1d-b8e1-8a2f5d3d5f7a" }));
    assert.equal(uncounted.counts, false);
  });
});
