// What is kept and comes back with faults in it: journals, secrets, and lines of the log.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Redactor, redactingLogger } from "../../../src/base/log";
import { readSecret, secretsIn } from "../../../src/hub/account/tokenRecord";
import { decodeRecords, encodeRecord, journaledStateOf } from "../../../src/notebook/run/journal";
import { faulty, faultyJson, textOf } from "../support/hostile";
import { fuzz } from "./fuzz";
import { frames, message, outputs } from "./samples";

const record = { kind: "queued", id: "a", cell: { id: "c", index: 0 }, code: "1", batch: 1 } as const;

describe("10,000 inputs of a peer", function () {
  this.timeout(120_000);

  it("for records of journals", () =>
    fuzz(fc.tuple(fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), frames, faultyJson(record)), ([changes, frame, json]) => {
      const good = [
        encodeRecord(record),
        encodeRecord({ kind: "message", at: 1, message: outputs[0] ?? message("x", {}) }),
        frameOf(1, Buffer.concat([Buffer.alloc(8), frame])),
        frameOf(0, Buffer.from(json)),
      ];
      const bytes = Buffer.concat(good);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      journaledStateOf(decodeRecords(bytes), () => undefined);
    }));

  it("for stored secrets", () =>
    fuzz(faultyJson({ token: "t", origin: "minted", scopes: [], createdAt: 1 }), (text) => [readSecret(text), secretsIn(text)]));

  it("for the log", () => {
    const redactor = new Redactor();
    redactor.add("hush-hush");
    const log = redactingLogger(redactor, (_, line) => assert.ok(line.length <= 8_300 && !line.includes("hush-hush")));
    const text = textOf("authorization", ":", "bearer ", "token=", "hush-hush", "hush-", "://a:", "@", '"token": "', "'", "[");
    return fuzz(fc.tuple(text, faulty({ text: "hush-hush", why: [1] })), ([line, detail]) => log.info(line.repeat(20), detail));
  });
});

/** A journal's record, whatever is in it. */
function frameOf(kind: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(body.length + 1);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, body]);
}
