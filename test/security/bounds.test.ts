// What peers write takes time in proportion, whatever it is: 200 KB each, the worst that is known for each reader.
import assert from "node:assert/strict";
import { Redactor, redactingLogger } from "../../src/base/log";
import { matchesPattern } from "../../src/hub/pages/pattern";
import { problemWith } from "../../src/hub/pages/spawnForm";
import { signatureOf } from "../../src/notebook/help/callSignature";
import { decode, v1Protocol } from "../../src/services/kernel/codec";
import { contentOf, errorContent, inspectReplyContent, type InspectReply } from "../../src/services/kernel/messages";
import { growthOf, timeOf } from "./support/cost";
import { messages, offsets } from "./support/heavy/messages";
import { pages } from "./support/heavy/pages";
import { many, message, refusing, size, type Row } from "./support/heavy/rows";
import { stream, streams } from "./support/heavy/streams";
import { call, expressions } from "./support/heavy/texts";

const tables = { expressions, pages: pages, "stream text": streams, messages };

describe("200 KB of a peer", function () {
  this.timeout(60_000);
  for (const [kind, rows] of Object.entries(tables)) {
    describe(`take less than 100 ms: ${kind}`, () => {
      for (const [what, read] of rows) {
        it(what, () => {
          const took = timeOf(read);
          assert.ok(took < 100, `${took} ms`);
        });
      }
    });
  }

  const memory: Row[] = [
    ["60 KB of cursor moves and one letter", () => stream(`${many("\x1b[999C", 60_000)}x`)],
    ["cursor moves in every line", () => stream(many("\x1b[999C\x1b[999C\x1b[999Cx\n", 1_000_000))],
    ["lines of columns", () => stream(`${"x".repeat(19_000)}\ry\n`.repeat(100))],
    ["lines of coloured columns", () => stream(`${"\x1b[31mx\x1b[32my".repeat(900)}\rz\n`.repeat(100))],
    ["a frame of 2 million offsets", () => refusing(() => decode(offsets(16 * 1024 * 1024), v1Protocol))],
    ["a million faults", () => refusing(() => contentOf(message("error", { ename: "", evalue: "", traceback: faults }), errorContent))],
    [
      "what is logged",
      () =>
        redactingLogger(
          new Redactor(),
          () => undefined,
          () => false,
        ).debug("x", faults),
    ],
  ];
  const faults = Array.from({ length: 1_000_000 }, () => 1);
  for (const [what, read] of memory) {
    it(`take less than 50 MB: ${what}`, async () => {
      const growth = await growthOf(async () => read());
      assert.ok(growth < 50, `${growth} MB`);
    });
  }

  it("in the log cost nothing where the level is off, and one line where it is on", () => {
    const lines: string[] = [];
    const log = redactingLogger(
      new Redactor(),
      (_, line) => void lines.push(line),
      (level) => level !== "debug",
    );
    const detail = { toJSON: (): never => assert.fail("is off") };
    log.debug("data", detail);
    log.info("data", many("x"));
    assert.deepEqual(
      lines.map((line) => line.length),
      [8 * 1024 + 1],
    );
  });

  it("match a page's pattern for 50 ms at most, and refuse nothing then", () => {
    const start = performance.now();
    assert.equal(matchesPattern("(a+)+b", "a".repeat(40)), true);
    assert.ok(performance.now() - start < 1_000);
    for (const pattern of ["(a+)+b", "(", "[", `(?:${"(?:a{1,9}){1,9}".repeat(9)})*b`, `(${"a?".repeat(400)}){9}`, "x".repeat(size)]) {
      assert.ok(timeOf(() => problemWith({ displayName: "x", pattern, hint: undefined }, "a".repeat(200))) < 200, pattern.slice(0, 50));
    }
    assert.deepEqual([matchesPattern("a.c", "abc"), matchesPattern("a.c", "xabc"), matchesPattern("[", "x")], [true, false, true]);
  });

  it("find a signature where it is read in vain", () => {
    const reply: InspectReply = contentOf(
      message("inspect_reply", { status: "ok", found: true, data: { "text/plain": "\x1b[31mSignature:\x1b[0m f( a,\n   b, )" } }),
      inspectReplyContent,
    );
    assert.equal(signatureOf(reply, call)?.label, "f(a, b)");
  });
});
