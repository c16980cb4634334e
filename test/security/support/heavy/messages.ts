// The worst messages of a kernel that are known for what reads them.
import assert from "node:assert/strict";
import { jsonIn } from "../../../../src/base/json";
import { completionsOf } from "../../../../src/notebook/help/completions";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import { inspectionMarkdown } from "../../../../src/notebook/help/inspection";
import { mimeItems } from "../../../../src/notebook/outputs/mimeItems";
import { OutputModel } from "../../../../src/notebook/outputs/outputModel";
import { decode, v1Protocol } from "../../../../src/services/kernel/codec";
import { LossDetector } from "../../../../src/services/kernel/delivery/lossDetector";
import { completeReplyContent, contentOf, errorContent, weightOf, type CompleteReply } from "../../../../src/services/kernel/messages";
import { inspected, many, message, refusing, size, type Row } from "./rows";

const completed = (matches: CompleteReply["matches"], metadata: CompleteReply["metadata"] = {}): CompleteReply => ({
  status: "ok",
  matches,
  cursor_start: 0,
  cursor_end: 1,
  metadata,
});

/** A v1 frame that is nothing but a table of empty buffers. */
export const offsets = (length: number): Buffer => {
  const data = Buffer.alloc(length);
  data.writeBigUInt64LE(BigInt(length / 8 - 1), 0);
  for (let at = 8; at + 8 <= length; at += 8) data.writeUInt32LE(length, at);
  return data;
};
const numbered = (numbers: readonly (number | string)[]): void => {
  const continuity = new LossDetector({ clientId: "c", isOwn: () => true, missed: () => undefined });
  for (const number of numbers) continuity.received(message("status", { execution_state: "idle" }, `s_1_${number}`));
  continuity.dispose();
};
const deep = 200_000;

export const messages: Row[] = [
  ["a frame of offsets", () => refusing(() => decode(offsets(size), v1Protocol))],
  ["a frame of offsets, in the default protocol", () => refusing(() => decode(Buffer.alloc(size, 1), ""))],
  ["deep JSON", () => refusing(() => decode(`${"[".repeat(deep)}${"]".repeat(deep)}`, ""))],
  ["deep JSON of objects", () => assert.equal(jsonIn(`${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`), undefined)],
  ["JSON of quotes and backslashes", () => jsonIn(`"${many('\\\\\\"')}"`)],
  ["JSON that never ends", () => jsonIn(many('"\\'))],
  ["a header of another kind", () => refusing(() => decode(JSON.stringify({ channel: [many("x")], header: {} }), ""))],
  [
    "faulty tracebacks",
    () =>
      refusing(() =>
        contentOf(message("error", { ename: "", evalue: "", traceback: Array.from({ length: size }, () => 1) }), errorContent),
      ),
  ],
  [
    "faulty matches",
    () =>
      refusing(() =>
        contentOf(message("complete_reply", { status: "ok", matches: Array.from({ length: size }, () => 1) }), completeReplyContent),
      ),
  ],
  ["weights of nested data", () => weightOf(message("comm_msg", { data: Array.from({ length: size / 3 }, () => []) }))],
  ["numbers that jump", () => numbered(Array.from({ length: 100 }, (_, index) => index * 1_000_000))],
  ["numbers beyond all", () => numbered(["9007199254740000", "9007199254741000", "9007199254750000", "9".repeat(400), "1".repeat(size)])],
  ["process names of digits and lines", () => numbered([`${many("_1")}x`, `${many("1_", size)}x`])],
  [
    "suggestions, each at another place",
    () => {
      const types = Array.from({ length: 20_000 }, (_, index) => ({ text: "x", start: index, end: index + 1 }));
      return completionsOf(completed([], { _jupyter_types_experimental: types }), many("😀"), 100);
    },
  ],
  ["suggestions for a long name", () => completionsOf(completed(Array.from({ length: 20_000 }, () => "x.y")), many("a."), 1)],
  [
    "suggestions of a faulty kind",
    () => completionsOf(completed([], { _jupyter_types_experimental: Array.from({ length: size }, () => 1) }), "x", 1),
  ],
  ["a documentation of titles", () => inspectionMarkdown(inspected(many("\x1b[31mSignature:\x1b[0m x\n")), "python")],
  ["a documentation of facts", () => inspectionMarkdown(inspected(many("\x1b[31mType:\x1b[0m x\n")), "python")],
  ["a documentation of ticks", () => inspectionMarkdown(inspected(many("` ")), "python")],
  ["a documentation of white space", () => inspectionMarkdown(inspected(many(" \n")), "python")],
  ["struck over letters", () => inspectionMarkdown(inspected(many("_\x08a")), "python")],
  ["a mime bundle of types", () => mimeItems(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`a/${index}`, "x"])))],
  ["a mime bundle of lines", () => mimeItems({ "text/plain": Array.from({ length: size / 2 }, () => "x") })],
  [
    "a display that is shown often",
    () => {
      const ids = new DisplayIds();
      const model = new OutputModel({ cell: "c", replace: () => undefined }, ids);
      const content = { data: { "text/plain": "x", "application/json": [] }, metadata: {}, transient: { display_id: "d" } };
      for (let index = 0; index < 2_000; index++) model.apply(message("display_data", content));
      for (let index = 0; index < 5; index++) model.apply(message("update_display_data", content));
    },
  ],
];
