// What kernels, terminals and the events of a server send, with faults in it.
import assert from "node:assert/strict";
import fc from "fast-check";
import { callAt, signatureOf } from "../../../src/notebook/help/callSignature";
import { completionsOf } from "../../../src/notebook/help/completions";
import { DisplayIds } from "../../../src/notebook/outputs/displayIds";
import { inspectionMarkdown } from "../../../src/notebook/help/inspection";
import { OutputModel } from "../../../src/notebook/outputs/outputModel";
import { nextInputOf, pageOf } from "../../../src/notebook/run/payloads";
import { rateLimitNotice } from "../../../src/notebook/run/rateLimit";
import { StreamText } from "../../../src/notebook/text/streamText";
import { decode, encode, v1Protocol } from "../../../src/services/kernel/codec";
import { LossDetector } from "../../../src/services/kernel/delivery/lossDetector";
import {
  completeReplyContent,
  contentOf,
  executeReplyContent,
  inspectReplyContent,
  kernelInfoContent,
  weightOf,
  type Message,
} from "../../../src/services/kernel/messages";
import { asKernelAction, readEvent } from "../../../src/services/rest/events";
import { readTerminalMessage } from "../../../src/services/terminal/model";
import { faulty, faultyJson, textOf } from "../support/hostile";
import { fuzz, ours } from "./fuzz";
import { frames, message, outputs } from "./samples";

const output = textOf(
  ..."\r|\b|\n|\t|\x1b[A|\x1b[999B|\x1b[999C|\x1b[D|\x1b[500G|\x1b[K|\x1b[1K|\x1b[2K|\x1b[0m|\x1b[31m|\x1b[38;5;9m|\x1b[1;2;3;4;5m|\x1b[?25l|\x1b[|\x1b]8;;http://x\x07|é|e\u0301|\u200d".split(
    "|",
  ),
);

const inspect = {
  status: "ok",
  found: true,
  data: { "text/plain": "\x1b[31mSignature:\x1b[0m f(a, *, b=',', **c)\n\x1b[31mDocstring:\x1b[0m x" },
  metadata: {},
};
const complete = {
  status: "ok",
  matches: ["a.b"],
  cursor_start: 0,
  cursor_end: 1,
  metadata: { _jupyter_types_experimental: [{ text: "a.b", start: 0, end: 1, type: "function", signature: "(x)" }] },
};
const executed = {
  status: "ok",
  execution_count: 1,
  payload: [
    { source: "page", data: { "text/plain": "x" } },
    { source: "set_next_input", text: "x", replace: false },
  ],
};
const info = {
  status: "ok",
  protocol_version: "5.3",
  implementation: "x",
  banner: "",
  language_info: { name: "python", version: "3", codemirror_mode: { name: "x" } },
  supported_features: [],
};

describe("10,000 inputs of a peer", function () {
  this.timeout(120_000);

  it("for frames of a kernel", () =>
    fuzz(
      fc.oneof(
        frames,
        frames.map((bytes) => bytes.toString("latin1")),
        fc.uint8Array({ maxLength: 80 }),
      ),
      (frame) => {
        for (const protocol of [v1Protocol, ""]) {
          try {
            const read = decode(frame, protocol);
            weightOf(read);
            encode(read, protocol);
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for messages as JSON", () =>
    fuzz(faultyJson({ ...message("stream", { name: "stdout", text: "x" }), buffers: [] }), (text) => weightOf(decode(text, ""))));

  it("for outputs", () =>
    fuzz(
      fc.array(
        fc.nat(outputs.length - 1).chain((index) => faulty(outputs[index]?.content).map((content) => ({ ...outputs[index], content }))),
        { maxLength: 4 },
      ),
      (messages) => {
        const model = new OutputModel({ cell: "c", replace: () => undefined }, new DisplayIds());
        for (const each of messages) {
          try {
            const received = decode(JSON.stringify(each), "");
            rateLimitNotice(received);
            for (const change of model.apply(received))
              if ("output" in change) for (const { data } of change.output.items) assert.ok(data.byteLength >= 0);
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for text of outputs", () =>
    fuzz(fc.array(output, { maxLength: 3 }), (texts) => {
      const stream = new StreamText();
      for (const text of texts) stream.append(text);
      assert.ok(stream.text.length <= 300_000 + 10 * texts.join("").length);
    }));

  it("for documentation and signatures", () =>
    fuzz(
      fc.tuple(faulty(inspect), textOf("\x1b[31m", "Signature:", "\x1b[0m", "f(", ")", ",", "=", "*", "\x08", "`", "::")),
      ([content, text]) => {
        for (const each of [content, { ...inspect, data: { "text/plain": text } }]) {
          try {
            const reply = contentOf(message("inspect_reply", each as Message["content"], "shell"), inspectReplyContent);
            inspectionMarkdown(reply, "python");
            signatureOf(reply, { callee: "f", index: 1, keyword: "b" });
          } catch (error) {
            ours(error);
          }
        }
      },
    ));

  it("for the code around a cursor", () =>
    fuzz(fc.tuple(textOf("f(", ")", ",", "::", '"""', "'", "#", "//", "[", "]", "{", "}", "=", "ä", "𝑥"), fc.nat(200)), ([code, cursor]) =>
      callAt(code, cursor, "python"),
    ));

  it("for suggestions", () =>
    fuzz(fc.tuple(faulty(complete), textOf("a.b", "😀", ".")), ([content, code]) =>
      completionsOf(contentOf(message("complete_reply", content as Message["content"], "shell"), completeReplyContent), code, code.length),
    ));

  it("for replies and what a kernel is", () =>
    fuzz(fc.tuple(faulty(executed), faulty(info)), ([reply, about]) => {
      try {
        contentOf(message("kernel_info_reply", about as Message["content"], "shell"), kernelInfoContent);
      } catch (error) {
        ours(error);
      }
      const read = contentOf(message("execute_reply", reply as Message["content"], "shell"), executeReplyContent);
      return [pageOf(read), nextInputOf(read)];
    }));

  it("for numbers of messages", () =>
    fuzz(
      fc.array(fc.tuple(textOf("s_1_", "_", "1", "9007199254740993", "0"), fc.constantFrom("busy", "idle"), fc.boolean()), {
        maxLength: 8,
      }),
      (received) => {
        const continuity = new LossDetector({ clientId: "c", isOwn: (id) => id === "own", missed: () => undefined });
        continuity.connectionLost();
        continuity.reconnected();
        for (const [id, state, own] of received) {
          const status = message("status", { execution_state: state });
          continuity.received({ ...status, header: { ...status.header, msg_id: id }, parent_header: { msg_id: own ? "own" : "other" } });
        }
        continuity.ended({ ...message("execute_request", {}).header, msg_id: "own" });
        continuity.dispose();
      },
    ));

  it("for events of a server", () =>
    fuzz(
      faultyJson({ schema_id: "https://events.jupyter.org/jupyter_server/kernel_actions/v1", action: "start", kernel_id: "k" }),
      (text) => asKernelAction(readEvent(text)),
    ));

  it("for messages of terminals", () =>
    fuzz(fc.oneof(faultyJson(["stdout", "x"]), faultyJson(["disconnect", 1]), textOf("[", '"stdout"', ",")), (text) =>
      readTerminalMessage(text),
    ));
});
