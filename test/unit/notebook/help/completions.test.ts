// What is suggested for what kernels reply.
import assert from "node:assert/strict";
import * as v from "valibot";
import { completionsOf, type Completion } from "../../../../src/notebook/help/completions";
import { completeReplyContent } from "../../../../src/services/kernel/messages";

/** The suggestions for a reply, asked at the end of `code` unless told. */
function suggested(code: string, content: Record<string, unknown>, cursor = code.length): readonly Completion[] {
  return completionsOf(v.parse(completeReplyContent, { status: "ok", ...content }), code, cursor);
}
const typed = (...matches: unknown[]): Record<string, unknown> => ({ metadata: { _jupyter_types_experimental: matches } });

describe("completion", () => {
  it("has kinds, types and signatures where the kernel gives them", () => {
    const range = { start: 5, end: 7 };
    const reply = {
      matches: ["load", "loads", "log"],
      cursor_start: 5,
      cursor_end: 7,
      ...typed(
        { ...range, text: "load", type: "function", signature: "(fp)" },
        { ...range, text: "loads", type: "Class" },
        { ...range, text: "log", type: "<unknown>", signature: "" },
      ),
    };
    assert.deepEqual(suggested("json.lo", reply), [
      { ...range, text: "load", kind: "function", type: "function", signature: "(fp)" },
      { ...range, text: "loads", kind: "class", type: "Class" },
      { ...range, text: "log", kind: "unknown" },
    ]);
  });

  it("is made of plain matches where a kernel has no types, or something else in their place", () => {
    const reply = { matches: ["echo", "echotc"], cursor_start: 0, cursor_end: 2, metadata: null };
    const expected = ["echo", "echotc"].map((text) => ({ text, start: 0, end: 2, kind: "unknown" }));
    assert.deepEqual(suggested("ec", reply), expected);
    for (const other of ["none", [], [{ name: "echo" }]]) {
      assert.deepEqual(suggested("ec", { ...reply, metadata: { _jupyter_types_experimental: other } }), expected);
    }
  });

  it("takes the place of what VS Code counts otherwise than the kernel", () => {
    const code = "'🪐🪐'; na";
    const [one] = suggested(code, typed({ text: "name", start: 6, end: 8, type: "instance" }));
    assert.deepEqual(one, { text: "name", start: 8, end: 10, kind: "variable", type: "instance" });
    assert.equal(code.slice(one.start, one.end), "na");
  });

  it("shows the name alone where a kernel repeats what it belongs to", () => {
    const [one, other] = suggested("x = np.random.ra", { matches: ["np.random.rand", "range"], cursor_start: 4, cursor_end: 16 });
    assert.deepEqual([one?.text, one?.start, one?.end], ["rand", 14, 16]);
    assert.deepEqual([other?.text, other?.start], ["range", 4]);
  });

  it("replaces the rest of a name behind the cursor, and leaves out what is elsewhere", () => {
    const code = "print\nvalue";
    assert.deepEqual(
      suggested(code, { matches: ["val"], cursor_start: 6, cursor_end: 11 }, 8).map(({ start, end }) => [start, end]),
      [[6, 11]],
    );
    assert.deepEqual(suggested(code, { matches: ["val"], cursor_start: 0, cursor_end: 11 }), []);
    assert.deepEqual(suggested(code, { matches: ["val"], cursor_start: 0, cursor_end: 0 }), []);
    assert.deepEqual(suggested(code, { matches: [""], cursor_start: 11, cursor_end: 11 }), []);
  });

  it("is empty where the kernel failed", () => {
    assert.deepEqual(suggested("a", { status: "error", matches: ["abs"], cursor_start: 0, cursor_end: 1 }), []);
  });
});
