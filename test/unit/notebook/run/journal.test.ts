// The record of runs: what was written is read back, whatever became of its end, and adds up to the runs.
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRecords, encodeRecord, journaledStateOf, type JournalRecord, type QueuedRecord } from "../../../../src/notebook/run/journal";
import { createMessage, type Message } from "../../../../src/services/kernel/messages";

const queued = (id: string, more: Partial<QueuedRecord> = {}): QueuedRecord => ({
  kind: "queued",
  id,
  cell: { index: 0 },
  code: "1",
  batch: 1,
  ...more,
});
const answer = (parent: string, type = "stream", channel: Message["channel"] = "iopub"): Message =>
  createMessage("kernel", channel, type, { text: `of ${parent}` }, { parent: { msg_id: parent }, buffers: [Buffer.from([1, 2])] });
const received = (message: Message, at = 7): JournalRecord => ({ kind: "message", at, message });
const noBlob = (): undefined => undefined;

const records: readonly JournalRecord[] = [
  { kind: "kernel", server: "s", spec: "python3", kernelId: "k", clientId: "c", path: "x.ipynb" },
  queued("a"),
  { kind: "sent", id: "a" },
  received(answer("a")),
  { kind: "overflow", id: "a" },
  { kind: "settled", id: "a", success: true, endTime: 9 },
];

describe("journal of runs", () => {
  it("reads back what was written, up to where the writing was cut off", () => {
    const written = records.map(encodeRecord);
    const bytes = Buffer.concat(written);
    const ends = written.map((_, index) => Buffer.concat(written.slice(0, index + 1)).length);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), (length) => {
        const read = decodeRecords(bytes.subarray(0, length));
        assert.equal(read.length, ends.filter((end) => end <= length).length);
        read.forEach((record, index) => assert.deepEqual(normal(record), normal(records[index])));
      }),
      { numRuns: 1_000 },
    );
  });

  it("leaves out what is damaged, and keeps what is around it", () => {
    const damaged = encodeRecord({ kind: "sent", id: "a" });
    damaged.fill(0xff, 5);
    const unknown = encodeRecord({ kind: "sent", id: "a" });
    unknown.writeUInt8(77, 4);
    const bytes = Buffer.concat([encodeRecord(queued("a")), damaged, unknown, encodeRecord(queued("b"))]);
    assert.deepEqual(decodeRecords(bytes), [queued("a"), queued("b")]);
  });

  it("adds up to the kernel and its runs, in the order they were asked for", () => {
    const { kernel, runs } = journaledStateOf([...records, queued("b")], noBlob);
    assert.equal(kernel?.kernelId, "k");
    assert.deepEqual(
      runs.map((run) => [run.queued.id, run.sent, run.overflown, run.settled?.success, run.messages.length]),
      [
        ["a", true, true, true, 1],
        ["b", false, false, undefined, 0],
      ],
    );
  });

  it("counts a message once that two windows wrote down, and leaves out what belongs to no run", () => {
    const message = answer("a");
    const { runs } = journaledStateOf([queued("a"), received(message), received(message), received(answer("nobody"))], noBlob);
    assert.deepEqual(
      runs.map(({ messages }) => messages.map((one) => one.message)),
      [[message]],
    );
  });

  it("knows whether the kernel waits for an answer", () => {
    const question = received(answer("a", "input_request", "stdin"));
    const awaits = (...more: JournalRecord[]): boolean | undefined =>
      journaledStateOf([queued("a"), question, ...more], noBlob).runs[0]?.awaitsInput;
    assert.equal(awaits(), true);
    assert.equal(awaits(received(answer("a"))), true);
    assert.equal(awaits({ kind: "answered", id: "a" }), false);
    assert.equal(awaits(received(answer("a", "execute_reply", "shell"))), false);
  });

  it("finds large messages in files of their own, and goes on without one that is gone", () => {
    const large = answer("a");
    const blobs = ["there", "gone"].map((file): JournalRecord => ({ kind: "blob", id: "a", at: 1, file }));
    const { runs } = journaledStateOf([queued("a"), ...blobs], (file) => (file === "there" ? large : undefined));
    assert.deepEqual(
      runs[0]?.messages.map(({ message }) => message),
      [large],
    );
  });
});

/** Buffers as plain bytes, for comparison. */
function normal(record: JournalRecord | undefined): unknown {
  if (record?.kind !== "message") return record;
  return { ...record, message: { ...record.message, buffers: record.message.buffers.map((buffer) => [...buffer]) } };
}
