// What the tables of heavy texts are made of.
import { ProductError } from "../../../../src/base/errors";
import type { InspectReply, Message } from "../../../../src/services/kernel/messages";

/** What is read, and how. */
export type Row = readonly [what: string, read: () => unknown];

export const size = 200_000;
/** `part` as often as fits. */
export const many = (part: string, length = size): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

export const inspected = (text: string): InspectReply => ({ status: "ok", found: true, data: { "text/plain": text }, metadata: {} });

export const message = (type: string, content: Message["content"], id = "a"): Message => ({
  channel: "iopub",
  header: { msg_id: id, msg_type: type, session: "k", username: "", date: "", version: "5.3" },
  parent_header: { msg_id: "p" },
  metadata: {},
  content,
  buffers: [],
});

/** One of ours may be thrown. */
export function refusing(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
  }
}
