// Payloads of an execute_reply: text to page, a next input.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated
import * as v from "valibot";
import type { ExecuteReply, JsonObject } from "../../services/kernel/messages";

/** Code that the kernel has for the user to run next (`%load`, `%recall`). */
export interface NextInput {
  readonly text: string;
  /** In place of the cell that was run, not below it. */
  readonly replace: boolean;
}

const pagePayload = v.object({ data: v.record(v.string(), v.unknown()) });
const nextInputPayload = v.object({ text: v.string(), replace: v.nullish(v.boolean(), false) });

/** The mime bundle of the text to page (`?`), if there is one. JupyterLab takes the first, too. */
export function pageOf(reply: ExecuteReply): JsonObject | undefined {
  const payload = v.safeParse(pagePayload, payloadOf(reply, "page"));
  return payload.success ? payload.output.data : undefined;
}

/** The next input, if there is one. */
export function nextInputOf(reply: ExecuteReply): NextInput | undefined {
  const payload = v.safeParse(nextInputPayload, payloadOf(reply, "set_next_input"));
  return payload.success ? payload.output : undefined;
}

function payloadOf(reply: ExecuteReply, source: string): unknown {
  return reply.status === "ok" ? reply.payload.find((payload) => payload.source === source) : undefined;
}
