// Redaction: no secret in any line, however it is written.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Redactor, redactingLogger, type Logger } from "../../../src/base/log";

describe("Redactor", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  const places = [
    `GET /hub/home?token=${secret}&x=1`,
    `#access_token=${secret}`,
    `Authorization: token ${secret}`,
    `authorization: Bearer ${secret}`,
    `Authorization: Basic ${secret}`,
    `{"Authorization":"token ${secret}"}`,
    `{ Authorization: [ 'token ${secret}' ] }`,
    `{"token": "${secret}", "id": "a1"}`,
    `{"auth":{"username":"ana","password":"${secret}"}}`,
    `{"access_token":"${secret}","refresh_token":"${secret}"}`,
    `https://ana:${secret}@hub.example.org/`,
  ];
  for (const text of places) {
    it(`takes an unknown secret out of ${text.replaceAll(secret, "SECRET")}`, () => {
      const clean = new Redactor().redact(text);
      assert.ok(!clean.includes(secret) && clean.includes("…"), clean);
    });
  }

  it("leaves all else as it is", () => {
    const text =
      'ana @ hub.example.org: GET http://127.0.0.1:8000/user/ana/api/kernels answered {"tokens": 2} at 12:30:01, see me@example.org';
    assert.equal(new Redactor().redact(text), text);
  });

  it("takes known secrets out wherever they stand, also encoded and in JSON", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 40, unit: "grapheme" }), fc.string(), (known, around) => {
        // What the surroundings contain themselves proves nothing, and the mark is not a secret.
        fc.pre(known.trim().length >= 4 && !around.includes(known) && !"…".includes(known));
        const redactor = new Redactor();
        redactor.add(known);
        for (const spelling of [
          known,
          encodeURIComponent(known),
          new URLSearchParams({ known }).toString(),
          JSON.stringify({ x: known }),
        ]) {
          const clean = redactor.redact(`${around} ${spelling} ${around}`);
          const left = clean.split("…").some((part) => part.length >= spelling.length && part.includes(spelling));
          assert.ok(!left && clean.includes("…"), clean);
        }
      }),
    );
  });

  it("leaves no rest of a secret that begins as another does", () => {
    const redactor = new Redactor();
    redactor.add("abcd");
    redactor.add("abcdefgh");
    assert.equal(redactor.redact("abcdefgh abcd"), "… …");
  });

  it("leaves no part of a secret where a line is cut", () => {
    const redactor = new Redactor();
    redactor.add("hush-hush-hush");
    for (let at = 60; at < 130; at++) {
      const clean = redactor.redact(`${"hush-hush-hush ".repeat(2)}${"x".repeat(at)}hush-hush-hush${"y".repeat(500)}`, 100);
      assert.ok(!clean.includes("hu") && clean.length <= 101, clean);
    }
  });

  it("does not take very short or broken text for a secret, nor fails by it", () => {
    const redactor = new Redactor();
    redactor.add("");
    redactor.add("the");
    redactor.add("\ud800 broken");
    assert.equal(redactor.redact("the kernel"), "the kernel");
    assert.equal(redactor.redact("\ud800 broken"), "…");
  });
});

describe("redactingLogger", () => {
  let lines: [keyof Logger, string][];
  let log: Logger;
  beforeEach(() => {
    lines = [];
    const redactor = new Redactor();
    redactor.add("hush-hush");
    log = redactingLogger(redactor, (level, line) => void lines.push([level, line]));
  });

  it("writes each level with its detail", () => {
    log.debug("plain");
    log.info("text", "more");
    log.warn("data", { code: 1006, none: undefined });
    log.error("nothing", null);
    assert.deepEqual(lines, [
      ["debug", "plain"],
      ["info", "text: more"],
      ["warn", 'data: {"code":1006}'],
      ["error", "nothing: null"],
    ]);
  });

  it("redacts message, detail and causes alike", () => {
    const cause = new Error("of hush-hush");
    log.error("about hush-hush", new Error("with hush-hush", { cause }));
    const line = lines[0]?.[1] ?? "";
    assert.ok(!line.includes("hush-hush"));
    assert.match(line, /about …: Error: with …[^]*caused by Error: of …/);
  });

  it("writes the parts of an aggregate, and errors within data", () => {
    log.error("all", new AggregateError([new Error("one"), new Error("two")], "several"));
    log.error("data", { why: new Error("inner") });
    assert.match(lines[0]?.[1] ?? "", /several[^]*Error: one[^]*Error: two/);
    assert.match(lines[1]?.[1] ?? "", /inner/);
  });

  it("survives what cannot be written: rings of causes and of data, functions", () => {
    const [a, b] = [new Error("a"), new Error("b")];
    a.cause = b;
    b.cause = a;
    const ring: Record<string, unknown> = {};
    ring.self = ring;
    for (const detail of [a, ring, 10n, () => undefined, Symbol("x")]) log.error("odd", detail);
    assert.equal(lines.length, 5);
    assert.match(lines[0]?.[1] ?? "", /Error: a/);
  });
});
