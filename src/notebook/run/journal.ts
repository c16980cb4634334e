// The write-ahead journal of a notebook's runs, from which another window rebuilds and resumes them: its records, their bytes,
// and the state they add up to. Files and leases are in app/notebooks/journalFiles.ts.
import * as v from "valibot";
import { decode, encode, v1Protocol } from "../../services/kernel/codec";
import type { Message } from "../../services/kernel/messages";

/** The kernel that the runs are on. */
const kernelRecord = v.object({
  kind: v.literal("kernel"),
  /** The server's id, the kernel spec's name. */
  server: v.string(),
  spec: v.string(),
  kernelId: v.string(),
  /** Its session's path. */
  path: v.string(),
  /** The client's id, to which the server replays. */
  clientId: v.string(),
});

/** A cell that was asked to run, with its source as it was then. */
const queuedRecord = v.object({
  kind: v.literal("queued"),
  /** The id that its execute_request has, or will have. */
  id: v.string(),
  cell: v.object({ id: v.optional(v.string()), index: v.number() }),
  code: v.string(),
  /** Runs that were asked for together have the same number. */
  batch: v.number(),
});

/** Its request is about to be sent: from now on it may have arrived. */
const sentRecord = v.object({ kind: v.literal("sent"), id: v.string() });

/** The user has answered its question. */
const answeredRecord = v.object({ kind: v.literal("answered"), id: v.string() });

/** Its end, and all its output, are in the document. Times are milliseconds since the epoch. */
const settledRecord = v.object({
  kind: v.literal("settled"),
  id: v.string(),
  success: v.optional(v.boolean()),
  endTime: v.number(),
});

/** From here on the messages of a run were too many to be kept. */
const overflowRecord = v.object({ kind: v.literal("overflow"), id: v.string() });

/** The window has left in order: whatever came later the server has kept. */
const leftRecord = v.object({ kind: v.literal("left") });

/**
 * A message of a run that is too large to stand among the others: the name of the file that holds its v1 frame. A name
 * of any other form is none that was written here, and might lead out of the journal's directory.
 */
const blobRecord = v.object({
  kind: v.literal("blob"),
  id: v.string(),
  at: v.number(),
  file: v.pipe(v.string(), v.regex(/^blob-[0-9a-f-]{36}$/)),
});

const jsonRecord = v.variant("kind", [
  kernelRecord,
  queuedRecord,
  sentRecord,
  answeredRecord,
  settledRecord,
  overflowRecord,
  blobRecord,
  leftRecord,
]);

export type KernelRecord = v.InferOutput<typeof kernelRecord>;
export type QueuedRecord = v.InferOutput<typeof queuedRecord>;
export type JsonRecord = v.InferOutput<typeof jsonRecord>;

/** A message as it was received. */
export interface JournaledMessage {
  readonly kind: "message";
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  readonly message: Message;
}

export type JournalRecord = JsonRecord | JournaledMessage;

const json = 0;
const binary = 1;

/** A record as bytes: u32 length of what follows, u8 kind, then JSON, or f64 time and the message's v1 frame. */
export function encodeRecord(record: JournalRecord): Buffer {
  if (record.kind !== "message") return framed(json, Buffer.from(JSON.stringify(record)));
  const time = Buffer.allocUnsafe(8);
  time.writeDoubleLE(record.at);
  return framed(binary, time, Buffer.from(encode(record.message, v1Protocol)));
}

function framed(kind: number, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.allocUnsafe(5);
  head.writeUInt32LE(parts.reduce((sum, part) => sum + part.length, 1));
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, ...parts]);
}

/** The records in `bytes`. What was being written when the machine stopped, and what cannot be read, is left out. */
export function decodeRecords(bytes: Buffer): JournalRecord[] {
  const records: JournalRecord[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) break;
    const record = decodeRecord(bytes.readUInt8(at + 4), bytes.subarray(at + 5, end));
    if (record) records.push(record);
    at = end;
  }
  return records;
}

function decodeRecord(kind: number, body: Buffer): JournalRecord | undefined {
  try {
    if (kind === json) return v.parse(jsonRecord, JSON.parse(body.toString("utf8")));
    if (kind !== binary) return undefined;
    return { kind: "message", at: body.readDoubleLE(0), message: decode(body.subarray(8), v1Protocol) };
  } catch {
    return undefined; // of another version, or damaged: the records around it still hold
  }
}

/** One run as the journal knows it. */
export interface JournaledRun {
  readonly queued: QueuedRecord;
  readonly messages: readonly JournaledMessage[];
  /** Whether its request may have arrived. */
  readonly sent: boolean;
  /** The last input request among its `messages` has not been answered yet. */
  readonly awaitsInput: boolean;
  readonly overflown: boolean;
  readonly settled: { readonly success: boolean | undefined; readonly endTime: number } | undefined;
}

/** The state that the records add up to: the kernel, and the runs in the order in which they were asked for. */
export interface JournaledState {
  readonly kernel: KernelRecord | undefined;
  /** The last window has left in order; else something that was on its way to it may be lost. */
  readonly left: boolean;
  readonly runs: readonly JournaledRun[];
}

/** The run that a record belongs to; undefined for the kernel's own. */
export function runOf(record: JournalRecord): string | undefined {
  if (record.kind === "message") return record.message.parent_header.msg_id;
  return record.kind === "kernel" || record.kind === "left" ? undefined : record.id;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Adds up records. A message that was recorded twice (by two windows of which one took over) counts once.
 * @param readBlob gives the message in a file; undefined where it cannot be read
 */
export function journaledStateOf(records: readonly JournalRecord[], readBlob: (file: string) => Message | undefined): JournaledState {
  let kernel: KernelRecord | undefined;
  let left = false;
  const runs = new Map<string, Mutable<JournaledRun> & { messages: JournaledMessage[] }>();
  const seen = new Set<string>();
  const take = (at: number, message: Message): void => {
    const run = runs.get(message.parent_header.msg_id ?? "");
    if (!run || seen.has(message.header.msg_id)) return;
    seen.add(message.header.msg_id);
    run.messages.push({ kind: "message", at, message });
    if (message.header.msg_type === "input_request") run.awaitsInput = true;
    else if (message.channel === "shell") run.awaitsInput = false;
  };
  for (const record of records) {
    left = record.kind === "left";
    switch (record.kind) {
      case "left":
        break;
      case "kernel":
        kernel = record;
        break;
      case "queued":
        runs.set(record.id, { queued: record, messages: [], sent: false, awaitsInput: false, overflown: false, settled: undefined });
        break;
      case "message":
        take(record.at, record.message);
        break;
      case "blob": {
        const message = readBlob(record.file);
        if (message) take(record.at, message);
        break;
      }
      default: {
        const run = runs.get(record.id);
        if (run) note(run, record);
      }
    }
  }
  return { kernel, left, runs: [...runs.values()] };
}

function note(run: Mutable<JournaledRun>, record: Exclude<JsonRecord, { kind: "kernel" | "queued" | "blob" | "left" }>): void {
  switch (record.kind) {
    case "sent":
      run.sent = true;
      break;
    case "answered":
      run.awaitsInput = false;
      break;
    case "overflow":
      run.overflown = true;
      break;
    case "settled":
      run.settled = { success: record.success, endTime: record.endTime };
      break;
  }
}
