// Messages to websocket frames and back, pure: the v1 binary protocol and the default one (JSON, or JSON with buffers).
// Specification: https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
import { ProductError } from "../../base/errors";
import { parseJsonText } from "../../base/json";
import type { Channel, Header, JsonObject, Message } from "./messages";

/** The subprotocol we offer. */
export const v1Protocol = "v1.kernel.websocket.jupyter.org";

export type Frame = string | Uint8Array;

/** Encodes `message` for the subprotocol that the server took (empty: the default protocol). */
export function encode(message: Message, protocol: string): Frame {
  return protocol === v1Protocol ? encodeV1(message) : encodeDefault(message);
}

/**
 * Decodes a received frame. Buffers are views on `frame`, not copies.
 * @throws ProductError `invalid-message` for whatever does not follow the protocol.
 */
export function decode(frame: Frame, protocol: string): Message {
  try {
    const fields = protocol === v1Protocol ? decodeV1(frame) : decodeDefault(frame);
    return validated(fields);
  } catch (cause) {
    if (cause instanceof ProductError) throw cause;
    throw invalid("it cannot be read", cause);
  }
}

const channels: ReadonlySet<string> = new Set<Channel>(["shell", "control", "stdin", "iopub"]);

/** A message as it came, before its fields are known to be what they should be. */
interface Fields {
  readonly channel: unknown;
  readonly header: unknown;
  readonly parent_header: unknown;
  readonly metadata: unknown;
  readonly content: unknown;
  readonly buffers: readonly Uint8Array[];
}

function validated(fields: Fields): Message {
  const { channel, header, parent_header: parent, metadata, content, buffers } = fields;
  if (!isChannel(channel)) throw invalid(`it names the channel ${describe(channel)}`);
  if (!isObject(header) || !isIdentified(header)) throw invalid("its header has no id or type");
  return {
    channel,
    header: isHeader(header) ? header : { session: "", username: "", date: "", version: "", ...header },
    parent_header: isObject(parent) && isParent(parent) ? parent : {},
    metadata: isObject(metadata) ? metadata : {},
    content: isObject(content) ? content : {},
    buffers,
  };
}

function isChannel(value: unknown): value is Channel {
  return typeof value === "string" && channels.has(value);
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 50)) : `of type ${typeof value}`;
}

/** Whether a header has id and type, which no message can do without. */
function isIdentified(value: JsonObject): value is Pick<Header, "msg_id" | "msg_type"> {
  return typeof value["msg_id"] === "string" && typeof value["msg_type"] === "string";
}

function isHeader(value: Partial<Header>): value is Header {
  const { session, username, date, version } = value;
  return session !== undefined && username !== undefined && date !== undefined && version !== undefined;
}

/** A parent header without a string `msg_id` cannot be matched to a request; it is dropped, the message is kept. */
function isParent(value: JsonObject): value is Partial<Header> {
  return value["msg_id"] === undefined || typeof value["msg_id"] === "string";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(what: string, cause?: unknown): ProductError {
  return new ProductError("invalid-message", `A message from the server does not follow the protocol: ${what}.`, { cause });
}

/** u64 count of offsets, the offsets (all little-endian), then channel, four JSON parts and the buffers. */
function encodeV1(message: Message): Uint8Array {
  const parts = [
    Buffer.from(message.channel),
    ...[message.header, message.parent_header, message.metadata, message.content].map((part) => Buffer.from(JSON.stringify(part))),
    ...message.buffers,
  ];
  const head = Buffer.allocUnsafe(8 * (parts.length + 2));
  head.writeBigUInt64LE(BigInt(parts.length + 1), 0);
  let offset = head.length;
  head.writeBigUInt64LE(BigInt(offset), 8);
  parts.forEach((part, index) => {
    offset += part.length;
    head.writeBigUInt64LE(BigInt(offset), 8 * (index + 2));
  });
  return Buffer.concat([head, ...parts], offset);
}

function decodeV1(frame: Frame): Fields {
  if (typeof frame === "string") return decodeDefault(frame);
  const data = Buffer.isBuffer(frame) ? frame : Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = offsetAt(data, 0);
  if (count > mostParts) throw invalid("it has too many buffers");
  if (count < 6 || 8 * (count + 1) > data.length) throw invalid("its table of offsets is cut off");
  const offsets: number[] = [];
  let last = 8 * (count + 1);
  for (let index = 1; index <= count; index++) {
    const offset = offsetAt(data, 8 * index);
    if (offset < last || offset > data.length) throw invalid("its offsets point outside");
    offsets.push((last = offset));
  }
  const [channel = 0, header = 0, parent = 0, metadata = 0, content = 0, end = 0] = offsets;
  // Decodes the five JSON parts with one call. If the text is ASCII, byte offsets are string offsets.
  const all = end - channel < oneConversion ? data.toString("utf8", channel, end) : "";
  const part =
    all.length === end - channel
      ? (from: number, to: number): string => all.slice(from - channel, to - channel)
      : (from: number, to: number): string => data.toString("utf8", from, to);
  const buffers: Buffer[] = [];
  for (let index = 5; index + 1 < count; index++) buffers.push(data.subarray(offsets[index], offsets[index + 1]));
  return {
    channel: part(channel, header),
    header: parseJsonText(part(header, parent)),
    parent_header: parentOf(part(parent, metadata)),
    metadata: metadata + 2 === content ? emptyOr(part(metadata, content)) : parseJsonText(part(metadata, content)),
    content: parseJsonText(part(content, end)),
    buffers,
  };
}

/** Buffers of one message: each costs a hundred bytes beyond its own, empty ones too. */
const mostParts = 65_536;

/** Bytes from which on a second conversion, for text that is not ASCII, would cost more than the first one saves. */
const oneConversion = 64 * 1024;

/** Most messages have no metadata. */
function emptyOr(text: string): unknown {
  return text === "{}" ? {} : parseJsonText(text);
}

/** Characters; a longer one is not kept. */
const longestParent = 4_096;

/** All that comes for one request has the same parent: it is read once, and shared. */
let lastParent = { text: "{}", value: {} as unknown };
function parentOf(text: string): unknown {
  if (text === lastParent.text) return lastParent.value;
  const value = parseJsonText(text);
  if (text.length < longestParent) lastParent = { text, value };
  return value;
}

/** A little-endian u64 as a number; two reads are several times faster than a BigInt. */
function offsetAt(data: Buffer, at: number): number {
  const high = data.readUInt32LE(at + 4);
  const low = data.readUInt32LE(at);
  return high === 0 ? low : low + high * 2 ** 32;
}

/** JSON text, or with buffers: u32 count and offsets (big-endian), the JSON, the buffers. */
function encodeDefault({ buffers, ...message }: Message): Frame {
  if (buffers.length === 0) return JSON.stringify({ ...message, buffers: [] });
  const parts = [Buffer.from(JSON.stringify(message)), ...buffers];
  const head = Buffer.allocUnsafe(4 * (parts.length + 1));
  head.writeUInt32BE(parts.length, 0);
  let offset = head.length;
  parts.forEach((part, index) => {
    head.writeUInt32BE(offset, 4 * (index + 1));
    offset += part.length;
  });
  return Buffer.concat([head, ...parts], offset);
}

function decodeDefault(frame: Frame): Fields {
  if (typeof frame === "string") return withBuffers(parseJsonText(frame), []);
  const data = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const count = data.readUInt32BE(0);
  if (count > mostParts) throw invalid("it has too many buffers");
  if (count < 1 || 4 * (count + 1) > data.length) throw invalid("its table of offsets is cut off");
  const parts: Buffer[] = [];
  for (let index = 1; index <= count; index++) {
    const from = data.readUInt32BE(4 * index);
    const to = index < count ? data.readUInt32BE(4 * (index + 1)) : data.length;
    if (from < 4 * (count + 1) || to < from || to > data.length) throw invalid("its offsets point outside");
    parts.push(data.subarray(from, to));
  }
  const [json, ...buffers] = parts;
  return withBuffers(parseJsonText((json ?? Buffer.alloc(0)).toString("utf8")), buffers);
}

function withBuffers(value: unknown, buffers: readonly Uint8Array[]): Fields {
  if (!isObject(value)) throw invalid("it is no object");
  const { channel, header, parent_header, metadata, content } = value;
  return { channel, header, parent_header, metadata, content, buffers };
}
