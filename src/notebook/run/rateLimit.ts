// Rate limit of the server (`iopub_msg_rate_limit`, `iopub_data_rate_limit`): recognises its notice among the kernel's prints,
// and says what the user can do; the same for output that ZeroMQ dropped before it came to the server.
import type { Message } from "../../services/kernel/messages";

const limits = {
  message: { setting: "iopub_msg_rate_limit", unit: "messages", remedy: "Print less often, for instance whole lines" },
  data: { setting: "iopub_data_rate_limit", unit: "bytes", remedy: "Print or show less at once" },
} as const;

/** The notice where ZeroMQ dropped the kernel's messages on their way to the server. */
export const droppedNotice =
  "The kernel gave out more at once than its server took: some output of this cell is missing here. The code itself was not held up. Print less often, for instance whole lines.";

/**
 * The notice to show in place of `message`, where that is the server's about its rate limit; undefined for all others.
 * As jupyter_server writes it: a stream on stderr that says which rate was exceeded, and the limits.
 */
export function rateLimitNotice({ header, content }: Message): string | undefined {
  const { name, text } = content;
  if (header.msg_type !== "stream" || name !== "stderr" || typeof text !== "string") return undefined;
  const [, kind] = /^IOPub (message|data) rate exceeded\.\n/.exec(text) ?? [];
  if (kind !== "message" && kind !== "data") return undefined;
  const { setting, unit, remedy } = limits[kind];
  const [, limit] = new RegExp(`ServerApp\\.${setting}=([\\d.]+)`).exec(text) ?? [];
  const rate = limit === undefined ? "" : ` (${Math.round(Number(limit)).toLocaleString("en")} ${unit} a second)`;
  return `The server held output of this cell back, because there was more than it passes on${rate}: some of it is missing here. The code itself goes on. ${remedy}, or ask for a higher limit on the server (ServerApp.${setting}).`;
}
