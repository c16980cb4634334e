// What is good of a peer, and the pieces that its inputs are made of.
import fc from "fast-check";
import { encode, v1Protocol } from "../../../src/services/kernel/codec";
import { createMessage, type Message } from "../../../src/services/kernel/messages";
import { textOf } from "../support/hostile";

export const statuses = fc.constantFrom(200, 201, 202, 204, 302, 400, 401, 403, 404, 407, 409, 410, 413, 424);

export const html = textOf(
  ..."<form |<form id=spawn_form>|<form id=spawn_form action=/spawn>|</form>|<input |<input name=username>|<input type=password name=password>|<input name=profile type=radio value=gpu>|<select name=image>|<select name=profile-option-gpu--x>|</select>".split(
    "|",
  ),
  ..."<option value=1>|<option selected>|<label for=x>|<label>|</label>|<p>|<h3>|</h3>|<a href=/login>|id=x|type=hidden|name=_xsrf|pattern=(a+)+b|data-name=x--unlisted-choice|class=spawn-error-msg|>|<!--|-->|<![CDATA[|<script>|</script>|<svg>|&amp;|&#x41;|action=//evil.example.org/|action=http://[|<title>|</title>|<br/>|</p>".split(
    "|",
  ),
);

export const message = (type: string, content: Message["content"], channel: Message["channel"] = "iopub"): Message =>
  createMessage("kernel", channel, type, content, { parent: { msg_id: "p", msg_type: "execute_request" } });
const bundle = {
  data: { "text/plain": ["a", "b"], "text/html": "<b>", "application/json": { a: [1] }, "image/png": "aGk=" },
  metadata: { "image/png": { width: 1 } },
  transient: { display_id: "d" },
};
export const outputs: readonly Message[] = [
  message("stream", { name: "stdout", text: "IOPub data rate exceeded.\nServerApp.iopub_data_rate_limit=1000" }),
  message("display_data", bundle),
  message("update_display_data", bundle),
  message("execute_result", { ...bundle, execution_count: 1 }),
  message("error", { ename: "E", evalue: "v", traceback: ["t"] }),
  message("clear_output", { wait: true }),
  message("status", { execution_state: "busy" }),
];

/** Good frames with wrong numbers in them. */
export const frames = fc
  .tuple(fc.nat(outputs.length - 1), fc.boolean(), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 3 }), fc.nat(700))
  .map(([index, withBuffers, changes, cut]) => {
    const good = encode(
      { ...(outputs[index] ?? message("x", {})), buffers: withBuffers ? [Buffer.from("buffer"), Buffer.alloc(3)] : [] },
      v1Protocol,
    );
    const bytes = Buffer.from(good);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return cut < 100 ? bytes.subarray(0, cut) : bytes;
  });
