// A terminal as the server models it, and the messages of its websocket.
import * as v from "valibot";
import { ProductError } from "../../base/errors";
import { parseJsonText } from "../../base/json";

/** api.yaml, `Terminal` */
export const terminalModel = v.looseObject({
  name: v.string(),
  /** ISO 8601. */
  last_activity: v.nullish(v.string()),
});

export type TerminalModel = v.InferOutput<typeof terminalModel>;

/** A message of the server; `other` is one of a kind that is not known here. */
export type TerminalMessage =
  | { readonly type: "setup" }
  | { readonly type: "stdout"; readonly text: string }
  | { readonly type: "disconnect" }
  | { readonly type: "other"; readonly name: string };

const stdout = v.looseTuple([v.literal("stdout"), v.string()]);
const any = v.looseTuple([v.string()]);

/**
 * Reads one frame: a JSON list that begins with its kind
 * (https://github.com/jupyter/terminado/blob/main/terminado/websocket.py).
 * @throws ProductError `invalid-message`
 */
export function readTerminalMessage(frame: string | Buffer): TerminalMessage {
  let value: unknown;
  try {
    value = parseJsonText(typeof frame === "string" ? frame : frame.toString("utf8"));
  } catch (cause) {
    throw new ProductError("invalid-message", "The terminal sent something that is not JSON.", { cause });
  }
  if (!v.is(any, value)) throw new ProductError("invalid-message", "The terminal sent a message without a kind.");
  const [name] = value;
  if (name === "setup" || name === "disconnect") return { type: name };
  if (name !== "stdout") return { type: "other", name };
  if (!v.is(stdout, value)) throw new ProductError("invalid-message", "The terminal sent output that is not text.");
  return { type: "stdout", text: value[1] };
}

/** Characters in one message: proxies cut a connection for messages of more than 10 MB. */
const maxInput = 256 * 1024;

/** The messages that type `text`; a long paste becomes several, none of which ends within a character. */
export function stdinMessages(text: string): string[] {
  const messages: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + maxInput, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) end--;
    messages.push(JSON.stringify(["stdin", text.slice(start, end)]));
    start = end;
  }
  return messages;
}

/** The message that tells the terminal our size in characters. */
export function sizeMessage(rows: number, columns: number): string {
  return JSON.stringify(["set_size", rows, columns]);
}
