// The messages of the Jupyter protocol: their frame, and the contents that we read ourselves.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html
import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { ProductError } from "../../base/errors";

export type Channel = "shell" | "control" | "stdin" | "iopub";
export type JsonObject = Record<string, unknown>;

/** A message's header; `session` is the id of the client (or kernel) that sent it. */
export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
  readonly subshell_id?: string | null;
  readonly [more: string]: unknown;
}

/** One message in either direction. A message that answers nothing has an empty parent header. */
export interface Message {
  readonly channel: Channel;
  readonly header: Header;
  readonly parent_header: Partial<Header>;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

/** Further fields of a new message, beyond its type and content. */
export interface MessageOptions {
  readonly metadata?: JsonObject;
  readonly parent?: Partial<Header>;
  readonly buffers?: readonly Uint8Array[];
  readonly id?: string;
  /** The subshell that shall take it; the main one if none is given. */
  readonly subshell?: string;
}

/** A message from client `session`, with a new id and today's date. */
export function createMessage(session: string, channel: Channel, type: string, content: JsonObject, options: MessageOptions = {}): Message {
  return {
    channel,
    header: {
      msg_id: options.id ?? randomUUID(),
      msg_type: type,
      session,
      username: "",
      date: new Date().toISOString(),
      version: "5.4",
      ...(options.subshell !== undefined && { subshell_id: options.subshell }),
    },
    parent_header: options.parent ?? {},
    metadata: options.metadata ?? {},
    content,
    buffers: options.buffers ?? [],
  };
}

/** About how many bytes a message holds in memory; exact enough to bound a queue. */
export function weightOf({ content, buffers }: Message): number {
  let bytes = 200;
  for (const buffer of buffers) bytes += buffer.byteLength;
  const { text, data } = content;
  if (typeof text === "string") bytes += text.length;
  return typeof data === "object" ? bytes + weightOfData(data) : bytes;
}

/** Bytes of the code, or of the answer to a question, that a message carries. */
export function payloadSize({ content: { code, value } }: Message): number {
  const text = code ?? value;
  return typeof text === "string" ? Buffer.byteLength(text) : 0;
}

/** Values that are weighed one by one; a message with more counts as heavy. */
const weighed = 1_000;
const heavy = 1024 * 1024;

function weightOfData(data: unknown): number {
  let bytes = 0;
  const left: unknown[] = [data];
  for (let count = 0; left.length > 0; count++) {
    if (count + left.length > weighed) return bytes + heavy;
    const value = left.pop();
    bytes += typeof value === "string" ? value.length : 16;
    const inside: unknown[] = typeof value === "object" && value !== null ? Object.values(value) : [];
    if (inside.length > weighed) return bytes + heavy;
    left.push(...inside);
  }
  return bytes;
}

/**
 * The content of `message`, validated.
 * @throws ProductError `invalid-message` naming the type and the field.
 */
export function contentOf<S extends v.GenericSchema>(message: Message, schema: S): v.InferOutput<S> {
  const result = v.safeParse(schema, message.content, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? "content";
  throw new ProductError("invalid-message", `The kernel sent a faulty ${message.header.msg_type}: ${place}: ${issue.message}`);
}

const object = v.record(v.string(), v.unknown());
const optionalObject = v.nullish(object, {});
const count = v.nullish(v.number(), null);
const strings = v.nullish(v.array(v.string()), []);

/** The content of `display_data` and its kin: data by mime type, and metadata. */
const bundle = { data: object, metadata: optionalObject, transient: v.nullish(v.looseObject({ display_id: v.nullish(v.string()) }), {}) };

export const streamContent = v.looseObject({ name: v.picklist(["stdout", "stderr"]), text: v.string() });
export const displayDataContent = v.looseObject(bundle);
export const executeResultContent = v.looseObject({ ...bundle, execution_count: count });
export const errorContent = v.looseObject({ ename: v.string(), evalue: v.string(), traceback: strings });
export const clearOutputContent = v.looseObject({ wait: v.nullish(v.boolean(), false) });
export const executeInputContent = v.looseObject({ code: v.nullish(v.string(), ""), execution_count: count });
export const statusContent = v.looseObject({ execution_state: v.string() });
export const inputRequestContent = v.looseObject({ prompt: v.nullish(v.string(), ""), password: v.nullish(v.boolean(), false) });

/** Every reply: `ok`, or `error` with its reason, or `aborted` because an earlier request failed. */
export const replyContent = v.looseObject({
  status: v.picklist(["ok", "error", "aborted", "abort"]),
  ename: v.optional(v.string()),
  evalue: v.optional(v.string()),
  traceback: v.optional(v.array(v.string())),
});
export const executeReplyContent = v.looseObject({
  ...replyContent.entries,
  execution_count: count,
  payload: v.nullish(v.array(v.looseObject({ source: v.string() })), []),
});
export const kernelInfoContent = v.looseObject({
  status: v.nullish(v.string(), "ok"),
  protocol_version: v.nullish(v.string(), "5.0"),
  implementation: v.nullish(v.string(), ""),
  implementation_version: v.nullish(v.string(), ""),
  banner: v.nullish(v.string(), ""),
  language_info: v.looseObject({
    name: v.string(),
    version: v.nullish(v.string()),
    mimetype: v.nullish(v.string()),
    file_extension: v.nullish(v.string()),
    pygments_lexer: v.nullish(v.string()),
    codemirror_mode: v.nullish(v.union([v.string(), object])),
    nbconvert_exporter: v.nullish(v.string()),
  }),
  supported_features: strings,
});

export const completeReplyContent = v.looseObject({
  ...replyContent.entries,
  matches: strings,
  /** The matches replace the code from here to there, in Unicode code points. */
  cursor_start: v.nullish(v.number(), 0),
  cursor_end: v.nullish(v.number(), 0),
  metadata: optionalObject,
});
export const inspectReplyContent = v.looseObject({
  ...replyContent.entries,
  found: v.nullish(v.boolean(), false),
  data: optionalObject,
  metadata: optionalObject,
});
/** Entries are `[session, line, input]`, or `[session, line, [input, output]]`. */
export const historyReplyContent = v.looseObject({
  ...replyContent.entries,
  history: v.nullish(v.array(v.tuple([v.number(), v.number(), v.unknown()])), []),
});
export const isCompleteReplyContent = v.looseObject({
  status: v.picklist(["complete", "incomplete", "invalid", "unknown"]),
  /** The indentation of the next line, where the code is incomplete. */
  indent: v.nullish(v.string(), ""),
});
export const commInfoReplyContent = v.looseObject({
  ...replyContent.entries,
  comms: v.nullish(v.record(v.string(), v.looseObject({ target_name: v.nullish(v.string(), "") })), {}),
});
export const createSubshellReplyContent = v.looseObject({ ...replyContent.entries, subshell_id: v.nullish(v.string(), "") });
export const listSubshellReplyContent = v.looseObject({ ...replyContent.entries, subshell_id: strings });
export const debugReplyContent = v.looseObject({});
export const commOpenContent = v.looseObject({ comm_id: v.string(), target_name: v.string(), data: optionalObject });
export const commContent = v.looseObject({ comm_id: v.string(), data: optionalObject });
export const endingContent = v.looseObject({ restart: v.nullish(v.boolean(), false) });

export type CompleteReply = v.InferOutput<typeof completeReplyContent>;
export type InspectReply = v.InferOutput<typeof inspectReplyContent>;
export type HistoryReply = v.InferOutput<typeof historyReplyContent>;
export type IsCompleteReply = v.InferOutput<typeof isCompleteReplyContent>;
export type CommInfoReply = v.InferOutput<typeof commInfoReplyContent>;
export type Reply = v.InferOutput<typeof replyContent>;
export type ExecuteReply = v.InferOutput<typeof executeReplyContent>;
export type InputRequest = v.InferOutput<typeof inputRequestContent>;
export type KernelInfo = v.InferOutput<typeof kernelInfoContent>;
