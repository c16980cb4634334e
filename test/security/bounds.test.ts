// What peers write takes time in proportion, whatever it is: 200 KB each, the worst that is known for each reader.
import assert from "node:assert/strict";
import { Redactor, redactingLogger } from "../../src/base/log";
import { jsonIn } from "../../src/base/json";
import { ProductError } from "../../src/base/errors";
import { parseAddress } from "../../src/hub/signIn/address";
import { matchesPattern } from "../../src/hub/pages/pattern";
import { parseSpawnForm, problemOn, problemWith } from "../../src/hub/pages/spawnForm";
import { tokenIn } from "../../src/hub/signIn/tokenText";
import { readLoginPage } from "../../src/hub/signIn/loginMethods";
import { callAt, qualifiedName, signatureOf, type Call } from "../../src/notebook/help/callSignature";
import { completionsOf } from "../../src/notebook/help/completions";
import { DisplayIds } from "../../src/notebook/outputs/displayIds";
import { inspectionMarkdown, plainText } from "../../src/notebook/help/inspection";
import { mimeItems } from "../../src/notebook/outputs/mimeItems";
import { OutputModel } from "../../src/notebook/outputs/outputModel";
import { rateLimitNotice } from "../../src/notebook/run/rateLimit";
import { StreamText } from "../../src/notebook/text/streamText";
import { decode, v1Protocol } from "../../src/services/kernel/codec";
import { LossDetector } from "../../src/services/kernel/delivery/lossDetector";
import {
  completeReplyContent,
  contentOf,
  errorContent,
  inspectReplyContent,
  weightOf,
  type CompleteReply,
  type InspectReply,
  type Message,
} from "../../src/services/kernel/messages";
import { reasonIn, statusError } from "../../src/transport/httpErrors";
import { serverSettings } from "../../src/transport/settings";
import { encodeName, targetOf } from "../../src/transport/target";
import { growthOf, timeOf } from "./support/cost";

const size = 200_000;
/** `part` as often as fits. */
const many = (part: string, length = size): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);
const settings = serverSettings({ baseUrl: "https://hub.example.org/", label: "hub" });
const headers = { get: (): null => null };
const call: Call = { callee: "f", index: 3 };
const inspected = (text: string): InspectReply => ({ status: "ok", found: true, data: { "text/plain": text }, metadata: {} });
const completed = (matches: CompleteReply["matches"], metadata: CompleteReply["metadata"] = {}): CompleteReply => ({
  status: "ok",
  matches,
  cursor_start: 0,
  cursor_end: 1,
  metadata,
});
const stream = (text: string): string => {
  const made = new StreamText();
  made.append(text);
  return made.text;
};
/** In chunks of 20 characters, as a kernel sends them. */
const chunked = (text: string): string => {
  const made = new StreamText();
  for (let at = 0; at < text.length; at += 20) made.append(text.slice(at, at + 20));
  return made.text;
};
const message = (type: string, content: Message["content"], id = "a"): Message => ({
  channel: "iopub",
  header: { msg_id: id, msg_type: type, session: "k", username: "", date: "", version: "5.3" },
  parent_header: { msg_id: "p" },
  metadata: {},
  content,
  buffers: [],
});

type Row = readonly [what: string, read: () => unknown];

/** Of the table of S4 in the security review, and what is like it. */
const expressions: Row[] = [
  ["the reason in a page: a title of spaces", () => reasonIn(`<title>${many(" ")}`)],
  ["the reason in a page: titles", () => reasonIn(many("<title>"))],
  ["the reason in a text of white space", () => reasonIn(`${many(" \n")}x`)],
  ["an error page with status 407", () => statusError(settings, "x", { status: 407, headers, text: `<title>${many(" ")}` })],
  ["an error page with status 503", () => statusError(settings, "x", { status: 503, headers, text: many("server is ") })],
  ["a log line: authorization and spaces", () => new Redactor().redact(`authorization:${many(" ")}`)],
  ["a log line: authorization, again and again", () => new Redactor().redact(many("authorization: "))],
  ["a log line: quotes and brackets", () => new Redactor().redact(`authorization=${many(`["' `)}`)],
  ["a log line: addresses without end", () => new Redactor().redact(many("://a:b"))],
  ["a log line: names of secrets", () => new Redactor().redact(many('"token" '))],
  ["the name before a bracket: a long word", () => qualifiedName(many("a"), size)],
  ["the name before a bracket: colons", () => qualifiedName(many(":"), size)],
  [
    "the call around a cursor: a long word above, brackets",
    () => callAt(`x = "${many("f")}"\n${many("a")}${"(".repeat(1_000)}`, 2 * size + 1_007, "python"),
  ],
  ["the call around a cursor: brackets behind names", () => callAt(many(`${"a".repeat(190)}(`), size, "python")],
  ["the call around a cursor: strings that do not end", () => callAt(many(`"\\`, size - 1) + "\n", size, "python")],
  ["the call around a cursor: quotes", () => callAt(many(`"'\``), size, "python")],
  ["a signature: spaces", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(a,${many(" ")}b)`), call)],
  ["a signature: commas and spaces", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(${many(", ")})`), call)],
  ["a signature: quotes", () => signatureOf(inspected(`\x1b[31mSignature:\x1b[0m f(${many(`"\\`)}`), call)],
  ["a signature without a title", () => signatureOf(inspected(`f(${many(")x")}`), call)],
  ["an address that is pasted", () => refusing(() => parseAddress(`hub.example.org/${many("#")}`))],
  ["an address in quotes", () => refusing(() => parseAddress(`x${many('"')}x`))],
  ["an address of hosts", () => refusing(() => parseAddress(`https://${many("a.")}a/user/x`))],
  ["a token", () => tokenIn(many("'"))],
  ["what only a terminal understands", () => plainText(many("\x1b]"))],
  ["what only a terminal understands, cut", () => plainText(`\x1b[${many("0;")}`)],
  [
    "a rate that is exceeded",
    () =>
      rateLimitNotice(
        message("stream", { name: "stderr", text: `IOPub data rate exceeded.\n${many("ServerApp.iopub_data_rate_limit=1")}` }),
      ),
  ],
  ["mime types of slashes", () => mimeItems({ [`${many("/")}\n`]: "x" })],
  ["a path", () => refusing(() => targetOf(settings, settings.baseUrl, many("%2e%2f"), false))],
  ["a name", () => refusing(() => encodeName(many("../")))],
];

const loginFields = "<input name=username><input name=password type=password>";
const pages: Row[] = [
  ...page("deep nesting", many("<a>")),
  ...page("deep forms", many("<form>")),
  ...page("ends that belong to nothing", many("</b>")),
  ...page("nesting and its ends", `${many("<a>", size / 2)}${many("</b>", size / 2)}`),
  ...page("attributes", `<form id=spawn_form><input ${Array.from({ length: 20_000 }, (_, index) => `a${index}=1`).join(" ")}>`),
  ...page("fields and labels", `<form id=spawn_form>${loginFields}${many("<label for=x>y</label><input id=z name=z>")}`),
  ...page("profiles", `<form id=spawn_form>${many("<input type=radio name=profile value=a>")}`),
  ...page("profiles within one label", `<form id=spawn_form><label>${many("<input type=radio name=profile>x")}`),
  ...page("labels within each other", `<form id=spawn_form>${"<label>x".repeat(190)}${many("<input type=radio name=profile value=a>")}`),
  ...page(
    "profiles with options",
    `<form id=spawn_form>${"<input type=radio name=profile value=a>".repeat(200)}${many("<select name=profile-option-a--x><option>1<option>2</select>")}`,
  ),
  ...page("options", `<form id=spawn_form><select name=image>${many("<option>")}`),
  ...page("comments", `<form id=spawn_form>${many("<!---->")}`),
  ...page("entities", `<form id=spawn_form><label class=spawn-error-msg>${many("&amp;")}`),
  ...page("classes", `<form class="${many(" a")}">`),
  ...page("white space", `<form id=spawn_form><a href=/login>${many(" \n")}x`),
];

const streams: Row[] = [
  ["cursor moves and one letter", () => assert.ok(stream(`${many("\x1b[999C")}x`).length <= 10_001)],
  ["cursor moves and letters", () => stream(many("\x1b[999Cx"))],
  ["cursor moves and lines", () => stream(many("\x1b[999C\x1b[999C\x1b[999C\x1b[999Cx\n"))],
  ["columns by their number", () => stream(many("\x1b[999Gx\n"))],
  ["carriage returns in a long line", () => stream(`${many("a", size / 2)}${many("\rb", size / 2)}`)],
  ["backspaces", () => stream(many("ab\b"))],
  ["backspaces in a long line", () => stream(`${many("a", size / 2)}${many("\b", size / 4)}${many("b\b\b", size / 4)}`)],
  ["erasures", () => stream(`${many("a", size / 2)}\r${many("\x1b[1Kx", size / 2)}`)],
  ["erasures of what is erased", () => stream(`${many("a", size / 2)}\b${many("\x1b[1K", size / 2)}`)],
  ["erasures of what is erased, in columns", () => stream(`${many("a", 15_000)}\b${many("\x1b[1K")}`)],
  ["lines up and down", () => stream(`${"x\n".repeat(100)}${many("\x1b[99A\x1b[99Bx")}`)],
  ["colours without end", () => stream(`x\r${Array.from({ length: size / 12 }, (_, index) => `\x1b[1;2;${index}mx`).join("")}`)],
  [
    "alternating colours",
    () => stream(`${Array.from({ length: 60 }, (_, index) => `\x1b[1;2;${index}m`).join("")}x\r${many("\x1b[31mx\x1b[32mx")}`),
  ],
  ["zeros in colours", () => stream(`x\r${many(`\x1b[${"0;".repeat(9)}0mx`)}`)],
  ["marks on one letter", () => stream(`ab\ra${many("\u0301")}`)],
  ["sequences that do not end", () => stream(many("\x1b["))],
  ["half characters", () => stream(many("\ud800"))],
  ["tabs", () => stream(many("\t\b"))],
  ["chunks of a progress bar in a long line", () => chunked(`${many("a", size / 2)}${many("\rprogress of 20 char", size / 2)}`)],
  ["chunks of lines", () => chunked(many("x\n"))],
  ["chunks of erasures and colours", () => chunked(many("\x1b[2K\x1b[31m\x1b[Ax\ry\n"))],
];

/** A v1 frame that is nothing but a table of empty buffers. */
const offsets = (length: number): Buffer => {
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

const messages: Row[] = [
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

/** One of ours may be thrown. */
function refusing(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
  }
}

function page(what: string, html: string): Row[] {
  return [
    [`a sign-in page of ${what}`, () => readLoginPage(html)],
    [`a spawn page of ${what}`, () => parseSpawnForm(html)],
    [`a spawn page's problem in ${what}`, () => problemOn(html)],
  ];
}

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
