// The server's word that it holds output back.
import assert from "node:assert/strict";
import { rateLimitNotice } from "../../../../src/notebook/run/rateLimit";
import { createMessage, type Message } from "../../../../src/services/kernel/messages";

const stream = (text: string, name = "stderr"): Message => createMessage("server", "iopub", "stream", { name, text });
const word = (kind: string, values: string): string =>
  `IOPub ${kind} rate exceeded.\nThe Jupyter server will temporarily stop sending output\nto the client in order to avoid crashing it.\nTo change this limit, set the config variable\n\nCurrent values:\n${values}\n`;

describe("the server's rate limit", () => {
  it("is told with its value and what to do", () => {
    const messages = rateLimitNotice(stream(word("message", "ServerApp.iopub_msg_rate_limit=1000.0 (msgs/sec)")));
    assert.match(messages ?? "", /1,000 messages a second\).*some of it is missing.*whole lines.*iopub_msg_rate_limit/);
    const bytes = rateLimitNotice(stream(word("data", "ServerApp.iopub_data_rate_limit=1000000 (bytes/sec)")));
    assert.match(bytes ?? "", /1,000,000 bytes a second\).*iopub_data_rate_limit/);
    assert.match(rateLimitNotice(stream(word("message", "none"))) ?? "", /passes on: some/);
  });

  it("is nothing that a program prints", () => {
    const text = word("message", "ServerApp.iopub_msg_rate_limit=1000.0");
    for (const message of [
      stream(text, "stdout"),
      stream(`said: ${text}`),
      stream("IOPub message rate exceeded."),
      createMessage("k", "iopub", "error", { text }),
    ]) {
      assert.equal(rateLimitNotice(message), undefined);
    }
  });
});
