// The wire: both protocols both ways, frames of foreign encoders, and frames that are cut or mutated.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hasCode } from "../../../../src/base/errors";
import { decode, encode, v1Protocol, type Frame } from "../../../../src/services/kernel/codec";
import type { JsonObject, Message } from "../../../../src/services/kernel/messages";
import { anyText } from "../../support/arbitraries";

const runs = { numRuns: 300 };
const protocols = [v1Protocol, ""];

/** What JSON keeps of a value: no -0, no own `__proto__`. */
const normal = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
const object = fc
  .dictionary(
    anyText.filter((key) => key !== "__proto__"),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 4 },
  )
  .map(normal);
/** A view into the middle of a larger buffer, as callers have them. */
const view = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(9)).map(([bytes, before]) => {
  const whole = new Uint8Array(before + bytes.length + 3);
  whole.set(bytes, before);
  return whole.subarray(before, before + bytes.length);
});
const ordinary = { noNullPrototype: true } as const;
const message: fc.Arbitrary<Message> = fc.record(
  {
    channel: fc.constantFrom("shell", "control", "stdin", "iopub"),
    header: fc.record(
      { msg_id: fc.uuid(), msg_type: fc.string(), session: fc.uuid(), username: fc.string(), date: fc.string(), version: fc.string() },
      ordinary,
    ),
    parent_header: fc.oneof(fc.constant({}), fc.record({ msg_id: fc.uuid() }, ordinary)),
    metadata: object,
    content: object,
    buffers: fc.array(view, { maxLength: 3 }),
  },
  ordinary,
);

/** A message as values that can be compared: buffers of any class as lists. */
const plain = ({ buffers, ...rest }: Message): unknown => ({ ...rest, buffers: buffers.map((buffer) => [...buffer]) });
const bytesOf = (frame: Frame): Uint8Array => (typeof frame === "string" ? Buffer.from(frame) : frame);

/** Decodes, or tells that it was refused as it should be; anything else thrown fails the test. */
function attempt(frame: Frame, protocol: string): Message | "open-failed" {
  try {
    return decode(frame, protocol);
  } catch (error) {
    assert.ok(hasCode(error, "invalid-message"), String(error));
    return "open-failed";
  }
}

for (const protocol of protocols) {
  describe(`codec of ${protocol || "the default protocol"}`, () => {
    it("reads what it writes", () => {
      fc.assert(
        fc.property(message, (one) => assert.deepEqual(plain(decode(encode(one, protocol), protocol)), plain(one))),
        runs,
      );
    });

    it("reads a frame that lies within a larger buffer", () => {
      fc.assert(
        fc.property(message, fc.integer({ min: 1, max: 17 }), (one, before) => {
          const frame = encode(one, protocol);
          if (typeof frame === "string") return;
          const whole = Buffer.concat([Buffer.alloc(before, 1), frame, Buffer.alloc(5, 1)]);
          assert.deepEqual(plain(decode(whole.subarray(before, before + frame.length), protocol)), plain(one));
        }),
        runs,
      );
    });

    it("does not change what it is given", () => {
      fc.assert(
        fc.property(message, (one) => {
          const before = structuredClone(plain(one));
          encode(one, protocol);
          assert.deepEqual(plain(one), before);
        }),
        { numRuns: 50 },
      );
    });

    it("refuses truncated frames with a typed error, or misses the end of the last buffer", () => {
      fc.assert(
        fc.property(message, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (one, share) => {
          const frame = encode(one, protocol);
          const decoded = attempt(frame.slice(0, Math.floor(frame.length * share)), protocol);
          if (decoded === "open-failed") return;
          // The default protocol does not say where the last buffer ends.
          assert.ok(protocol === "" && one.buffers.length > 0);
          assert.deepEqual({ ...decoded, buffers: [] }, { ...one, buffers: [] });
        }),
        runs,
      );
    });

    it("never fails otherwise than typed on mutated frames", () => {
      const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(message, changes, (one, at) => {
          const bytes = Buffer.from(bytesOf(encode(one, protocol)));
          for (const [index, byte] of at) bytes[index % bytes.length] = byte;
          attempt(bytes, protocol);
          attempt(bytes.toString("utf8"), protocol);
        }),
        runs,
      );
    });

    it("never fails otherwise than typed on noise", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void attempt(noise, protocol)),
        runs,
      );
      fc.assert(
        fc.property(fc.oneof(fc.string(), fc.json()), (noise) => void attempt(noise, protocol)),
        runs,
      );
    });
  });
}

const header = { msg_id: "1", msg_type: "status", session: "s", username: "", date: "d", version: "5.4" };

describe("codec, with frames of a foreign encoder", () => {
  /** As the specification writes it down: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html */
  function v1(...parts: (string | Uint8Array)[]): Buffer {
    const bytes = parts.map((part) => Buffer.from(part as string));
    const offsets = [8 * (parts.length + 2)];
    for (const part of bytes) offsets.push((offsets.at(-1) ?? 0) + part.length);
    const head = Buffer.alloc(8 * (offsets.length + 1));
    [offsets.length, ...offsets].forEach((value, index) => head.writeBigUInt64LE(BigInt(value), 8 * index));
    return Buffer.concat([head, ...bytes]);
  }

  it("reads v1", () => {
    const frame = v1("iopub", JSON.stringify(header), "{}", "{}", '{"execution_state": "idle"}', Buffer.from([1, 2]), Buffer.alloc(0));
    const decoded = decode(frame, v1Protocol);
    assert.deepEqual([decoded.channel, decoded.header, decoded.content], ["iopub", header, { execution_state: "idle" }]);
    assert.deepEqual(
      decoded.buffers.map((buffer) => [...buffer]),
      [[1, 2], []],
    );
  });

  it("writes v1 to the byte", () => {
    const one: Message = { channel: "shell", header, parent_header: {}, metadata: {}, content: { a: "é" }, buffers: [new Uint8Array([7])] };
    assert.deepEqual(encode(one, v1Protocol), v1("shell", JSON.stringify(header), "{}", "{}", '{"a":"é"}', new Uint8Array([7])));
  });

  it("gives buffers without copying them", () => {
    const frame = v1("iopub", JSON.stringify(header), "{}", "{}", "{}", Buffer.alloc(100));
    assert.equal(decode(frame, v1Protocol).buffers[0]?.buffer, frame.buffer);
  });

  it("reads the default protocol's text and binary frames", () => {
    const fields = { channel: "iopub", header, parent_header: null, metadata: {}, content: {}, buffers: [] };
    const json = Buffer.from(JSON.stringify(fields));
    assert.deepEqual(decode(json.toString(), "").parent_header, {});
    const head = Buffer.alloc(12);
    [2, 12, 12 + json.length].forEach((value, index) => head.writeUInt32BE(value, 4 * index));
    assert.deepEqual([...(decode(Buffer.concat([head, json, Buffer.from([5, 6])]), "").buffers[0] ?? [])], [5, 6]);
  });

  it("reads JSON text although v1 was agreed", () => {
    assert.equal(decode(JSON.stringify({ channel: "iopub", header }), v1Protocol).header.msg_id, "1");
  });

  it("fills in missing fields that nobody needs", () => {
    const decoded = decode(JSON.stringify({ channel: "iopub", header: { msg_id: "1", msg_type: "novel", extra: 1 } }), "");
    assert.deepEqual([decoded.header.session, decoded.header["extra"]], ["", 1]);
    assert.deepEqual([decoded.parent_header, decoded.metadata, decoded.content, decoded.buffers], [{}, {}, {}, []]);
  });

  const faults: [string, unknown, RegExp][] = [
    ["an unknown channel", { channel: "gossip", header }, /"gossip"/],
    ["no channel", { header }, /channel/],
    ["no header", { channel: "iopub" }, /header/],
    ["a header without id", { channel: "iopub", header: { msg_type: "status" } }, /id or type/],
    ["a list", [], /no object/],
  ];
  for (const [what, fields, words] of faults) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => decode(JSON.stringify(fields), ""),
        (error) => hasCode(error, "invalid-message") && words.test(error.message),
      );
    });
  }

  it("takes a parent that has no usable id for none", () => {
    assert.deepEqual(decode(JSON.stringify({ channel: "iopub", header, parent_header: { msg_id: 7 } }), "").parent_header, {});
  });
});
