// What is shown of what kernels say about a name.
import assert from "node:assert/strict";
import * as v from "valibot";
import { inspectionMarkdown, plainText, sectionsOf } from "../../../../src/notebook/help/inspection";
import { inspectReplyContent, type InspectReply } from "../../../../src/services/kernel/messages";

const inspected = (data: Record<string, unknown>, found = true): InspectReply =>
  v.parse(inspectReplyContent, { status: "ok", found, data });
const title = (text: string): string => `\x1b[31m${text}:\x1b[39m`;
const python = [
  `${title("Signature")} f(a, b=\x1b[32m1\x1b[39m) -> int`,
  title("Docstring"),
  "Does ``it``.",
  "",
  "    Indented.",
  `${title("File")}      /tmp/f.py`,
  `${title("Type")}      function`,
].join("\n");

describe("documentation", () => {
  it("of IPython is in sections, without colours", () => {
    assert.deepEqual(sectionsOf(inspected({ "text/plain": python })), [
      { title: "Signature", text: "f(a, b=1) -> int" },
      { title: "Docstring", text: "Does ``it``.\n\n    Indented." },
      { title: "File", text: "/tmp/f.py" },
      { title: "Type", text: "function" },
    ]);
  });

  it("begins with code, has texts as they are set, and ends with facts", () => {
    const shown = inspectionMarkdown(inspected({ "text/plain": python }), "python");
    const expected = [
      "```python\nf(a, b=1) -> int\n```",
      "```text\nDoes ``it``.\n\n    Indented.\n```",
      "File: `/tmp/f.py`",
      "Type: `function`",
    ];
    assert.equal(shown, expected.join("\n\n"));
  });

  it("keeps a value of several lines, and the ticks in one", () => {
    const text = `${title("Type")} DataFrame\n${title("String form")}\n   a  b\n0  1  2\n${title("Repr")} \`x\``;
    const shown = inspectionMarkdown(inspected({ "text/plain": text }), "python");
    assert.equal(shown, "Type: `DataFrame`\n\nString form:\n```text\n   a  b\n0  1  2\n```\n\nRepr: `` `x` ``");
  });

  it("of any kernel is shown as it is set, and nothing in it is taken for Markdown", () => {
    const manual = "l\bls\bs - list\n````\n[x](command:evil)";
    assert.equal(
      inspectionMarkdown(inspected({ "text/plain": manual }), "shellscript"),
      "`````text\nls - list\n````\n[x](command:evil)\n`````",
    );
  });

  it("in Markdown is preferred, and a bundle's text may be lines", () => {
    assert.equal(inspectionMarkdown(inspected({ "text/markdown": "**sin**", "text/plain": "sin" }), "julia"), "**sin**");
    assert.equal(inspectionMarkdown(inspected({ "text/plain": ["a\n", "b"] }), "r"), "```text\na\nb\n```");
  });

  it("is none where nothing was found, or nothing is said", () => {
    assert.equal(inspectionMarkdown(inspected({ "text/plain": "x" }, false), "python"), undefined);
    assert.equal(inspectionMarkdown(inspected({}), "python"), undefined);
    assert.equal(inspectionMarkdown(inspected({ "text/plain": ` \n${title("Subclasses")}    ` }), "python"), undefined);
    assert.equal(inspectionMarkdown({ ...inspected({ "text/plain": "x" }), status: "error" }, "python"), undefined);
  });

  it("has an end", () => {
    const shown = inspectionMarkdown(inspected({ "text/plain": "x".repeat(100_000) }), "python") ?? "";
    assert.ok(shown.length < 21_000);
    assert.match(shown, /x\n…\n```$/);
  });

  it("has no escape sequences of a terminal", () => {
    assert.equal(plainText("\x1b[38;5;28;01mNone\x1b[39;00m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\\x1bM.\r\n"), "None link.\n");
  });
});
