// plain(): whatever the text, nothing in it is a link or an icon to VS Code, nothing is hidden, and ordinary text stays.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ProductError, HttpError } from "../../../src/base/errors";
import { plain, plainLines } from "../../../src/base/plain";

/** As VS Code finds links in its texts (src/vs/base/common/linkedText.ts). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** As it finds icons (src/vs/base/browser/ui/iconLabel/iconLabels.ts). */
const icon = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/;
const hidden =
  /[\p{Cc}\p{Bidi_Control}\u00AD\u034F\u115F\u1160\u180E\u200B\u2061-\u2064\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;

/** Text with what matters here more often than chance has it. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.constantFrom(
        "[",
        "]",
        "(",
        ")",
        "$",
        "](",
        "$(",
        "\\",
        "command:x",
        "https://evil.example",
        " ",
        "\n",
        "\r\n",
        "\u001B[1m",
        "\u2060",
        "\u200D",
        "\u200C",
        "\uFE0F",
        "\u202E",
        "\u2066",
        "\u00AD",
        "😀",
        "👩",
        "💻",
        "ن",
        "ا",
        "\uD83D",
        "3",
      ),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const isWhole = (text: string): boolean => !/\p{Cs}/u.test(text);
const withoutJoiners = (text: string): string => text.replaceAll("\u2060", "");

describe("plain", () => {
  it("leaves no link, no icon and nothing hidden of any text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plain(text);
        assert.ok(!shown.includes("](") && !shown.includes("$("), shown);
        assert.ok(!link.test(shown) && !icon.test(shown), shown);
        assert.ok(!hidden.test(shown) && isWhole(shown), JSON.stringify(shown));
      }),
      { numRuns: 10_000 },
    );
  });

  it("is the same when done twice", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 3, max: 60 }), (text, limit) =>
        assert.equal(plain(plain(text, limit), limit), plain(text, limit)),
      ),
      { numRuns: 10_000 },
    );
  });

  it("is the text itself but for the joiners, where nothing of it is hidden", () => {
    const unit = fc.oneof(
      fc.string({ unit: "grapheme-ascii" }),
      fc.constantFrom("[", "](", "$(", ")", "é", "ß", "日本", "עברית", "العربية", "😀"),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const text = parts.join("").replace(/ +/g, " ");
        assert.equal(withoutJoiners(plain(text)), text.length > 1_000 ? `${text.slice(0, 999)}…` : text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("cuts at the limit, between characters", () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const shown = plain(text, limit);
        assert.ok(withoutJoiners(shown).length <= limit && isWhole(shown), JSON.stringify(shown));
      }),
    );
    assert.equal(plain("x".repeat(2_000)), `${"x".repeat(999)}…`);
    assert.equal(plain("ab😀", 3), "ab…");
  });

  for (const text of [
    "Ana’s server – “GPU” (16 GB) [beta] costs $5",
    "a[1](2) and [x] (y)",
    "שלום עולם.ipynb",
    "محمد @ hub.example.org",
    "می\u200Cخواهم", // Persian spells with this joiner
    "क्\u200Dष",
    "👩\u200D💻 ❤\uFE0F 1\uFE0F\u20E3 👍🏽 👩🏽\u200D💻",
    "Ünïcödé e\u0301, 日本語、한국어, ไทย",
  ]) {
    it(`leaves ${text} readable`, () => assert.equal(withoutJoiners(plain(text)), text));
  }

  it("keeps a link's words and address to be read, and makes it none", () => {
    const text = '[Sign in again](command:workbench.action.terminal?{"a":1}) [x](https://evil.example "t") $(error) $(sync~spin)';
    assert.ok(!link.test(plain(text)) && !icon.test(plain(text)));
    assert.equal(withoutJoiners(plain(text)), text);
  });

  it("takes out what turns text around or hides it, also where that stands between brackets", () => {
    assert.equal(plain("abc\u202Efed\u202C \u2066x\u2069 \u061C\u200F"), "abcfed x ");
    assert.equal(plain("pay\u200Bpal ad\u00ADmin a\u2063b x\u{E0041}\u{E0042}y"), "paypal admin ab xy");
    assert.equal(
      plain("]\u200B(command:x) ]\u2060\u2060(y) $\u200D(error) ]\u0000("),
      "]\u2060(command:x) ]\u2060(y) $\u2060(error) ]\u2060(",
    );
    assert.equal(plain("a\u200Cb a\uFE0Fb"), "ab a\uFE0Fb".replace("\uFE0F", ""));
  });

  it("is one line: breaks and runs of white space are a space", () => {
    assert.equal(plain("one\r\ntwo\u2028three\t\t four\u2800\u2800\u00A0five\u0085six"), "one two three four five six");
    assert.equal(plain(`Done.${" ".repeat(900)}Or not.`), "Done. Or not.");
  });

  it("takes no longer for more text than is shown", () => {
    const texts = [
      "](".repeat(200_000),
      "$(".repeat(200_000),
      "\u202E".repeat(400_000),
      " ".repeat(400_000),
      "👩\u200D".repeat(100_000),
      "\uD83D".repeat(400_000),
      "[".repeat(400_000),
    ];
    for (const text of texts) {
      const begin = performance.now();
      plain(text);
      plainLines(text);
      assert.ok(performance.now() - begin < 100, JSON.stringify(text.slice(0, 8)));
    }
  });
});

describe("plainLines", () => {
  it("keeps lines, each of them plain", () => {
    assert.equal(plainLines("• one\r\n• [two](command:x)\n\nthree\u202E"), "• one\n• [two]\u2060(command:x)\n\nthree");
  });

  it("ends a text of very many lines, or of very long ones", () => {
    const lines = plainLines(Array.from({ length: 500 }, (_, index) => `line ${index}`).join("\n")).split("\n");
    assert.deepEqual([lines.length, lines.at(-1)], [40, "…"]);
    assert.ok(plainLines("x".repeat(1_000_000)).length < 2_000);
  });

  it("is the same when done twice, and has no link in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plainLines(text);
        assert.equal(plainLines(shown), shown);
        assert.ok(!link.test(shown) && !icon.test(shown) && !hidden.test(shown.replaceAll("\n", "")));
      }),
    );
  });
});

describe("ProductError", () => {
  it("says nothing that VS Code takes for a link, whoever shows it", () => {
    const error = new HttpError("server-error", "The hub said: [Sign in](command:x)\u202E.", 500, "[Sign in](command:x)");
    assert.equal(error.message, "The hub said: [Sign in]\u2060(command:x).");
    assert.ok(!String(error.stack).includes("]("));
    assert.ok(!link.test(new ProductError("address", "[a](https://evil.example)").message));
  });
});
