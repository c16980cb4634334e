// Stream text equals what a terminal shows, however it is cut, and progress bars do not make it grow.
import assert from "node:assert/strict";
import fc from "fast-check";
import { StreamText } from "../../../../src/notebook/text/streamText";

function collapse(...chunks: string[]): string {
  const stream = new StreamText();
  for (const chunk of chunks) stream.append(chunk);
  return stream.text;
}

/** A terminal of endless height, written as plainly as can be; knows `\n \r \b`, cursor up and erase to the line's end. */
function terminal(text: string): string {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  for (const [part] of text.matchAll(/\x1b\[[AK]|[\s\S]/gu)) {
    const line = (rows[row] ??= []);
    if (part === "\n") [row, column] = [row + 1, 0];
    else if (part === "\r") column = 0;
    else if (part === "\b") column = Math.max(0, column - 1);
    else if (part === "\x1b[A") row = Math.max(0, row - 1);
    else if (part === "\x1b[K") line.length = Math.min(line.length, column);
    else {
      while (line.length < column) line.push(" ");
      line[column++] = part;
    }
    rows[row] ??= [];
  }
  return rows.map((line) => line.join("")).join("\n");
}

const pieces = (...texts: string[]): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...texts), { maxLength: 60 }).map((parts) => parts.join(""));
const plainText = pieces("a", "bc", "d", "é", "😀", "\n", "\r", "\r\n", "\b", "\x1b[A", "\x1b[K");
const colouredText = pieces(
  "a",
  "bc",
  "e\u0301",
  "😀",
  "\n",
  "\r",
  "\b",
  "\x1b[A",
  "\x1b[2B",
  "\x1b[K",
  "\x1b[1K",
  "\x1b[2K",
  "\x1b[3G",
  "\x1b[2C",
  "\x1b[D",
  "\x1b[31m",
  "\x1b[0m",
  "\x1b[1;32m",
  "\x1b[0;44m",
  "\x1b[38;5;9m",
  "\x1b[?25l",
  "\x1b",
  "[",
  "\x1b[",
);

describe("stream text", () => {
  it("is left alone where nothing is overwritten", () => {
    const text = "\x1b[31mred\x1b[0m \x1b[Kplain\nnext\n\x1b]8;;http://x\x07link";
    assert.equal(collapse(text), text);
  });

  it("takes a carriage return before a line feed for a line's end", () => {
    assert.equal(collapse("a\r", "\nb\r\n"), "a\nb\n");
  });

  it("keeps the last frame of a progress bar, and the rest of a longer one as a terminal does", () => {
    assert.equal(collapse("\r 10%", "\r 20%", "\r100%", "\ndone"), "100%\ndone");
    assert.equal(collapse("abcdef\rxy"), "xycdef");
    assert.equal(collapse("abcdef\r\x1b[Kxy"), "xy");
  });

  it("keeps colours of what remains and of what was written over it", () => {
    assert.equal(collapse("\x1b[31mabc\x1b[0m\rX"), "\x1b[0mX\x1b[0m\x1b[31mbc\x1b[0m");
    assert.equal(collapse("abc\r\x1b[32mX\x1b[0m"), "\x1b[32mX\x1b[0mbc\x1b[0m");
  });

  it("holds nested progress bars in their lines", () => {
    let text = "outer 0";
    for (let step = 1; step <= 50; step++) text += `\n\rinner ${step}\x1b[A\router ${step}`;
    assert.equal(collapse(text), "outer 50\ninner 50");
  });

  it("does not grow with the frames, nor with colours that nobody resets", () => {
    const stream = new StreamText();
    for (let step = 0; step < 5000; step++) stream.append(`\r\x1b[3${step % 8}m\x1b[48;5;${step % 256}m${String(step).padStart(4)}|█|`);
    assert.ok(stream.text.length < 200, `${stream.text.length} characters`);
  });

  it("overwrites the last hundred lines and leaves older ones alone", () => {
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index}`);
    const expected = lines.with(200, "LINE 200").join("\n");
    assert.equal(collapse(lines.join("\n"), "\x1b[500A\rLINE"), expected);
  });

  it("overwrites very long lines as plain text", () => {
    assert.equal(collapse("x".repeat(50_000), "\rab", "c\nd"), `abc${"x".repeat(49_997)}\nd`);
  });

  it("goes on behind a coloured line that was overwritten and becomes long", () => {
    const chunks = ["x".repeat(19_999), `\r\x1b[31m${"y".repeat(19_999)}`, "z".repeat(9), "w".repeat(9), "\rab"];
    const whole = `\x1b[31m${"y".repeat(19_999)}${"z".repeat(9)}${"w".repeat(9)}`;
    assert.equal(collapse(...chunks.slice(0, -1)), whole);
    assert.equal(collapse(...chunks), `ab${whole.slice(2)}`);
  });

  it("settles the beginning of a line that is longer than what may change", () => {
    const text = collapse("x".repeat(200_000), "\rab");
    assert.equal(text.length, 200_000);
    assert.equal(text.replaceAll("x", ""), "ab");
  });

  it("moves the cursor no further than a terminal's width, and not back by that", () => {
    assert.equal(collapse("\x1b[999C".repeat(100), "x").length, 10_001);
    assert.equal(collapse("y".repeat(15_000), "\x1b[5C", "x"), `${"y".repeat(15_000)}x`);
    const spaces = collapse("\x1b[999C\x1b[999Cx\n".repeat(5_000)).length;
    assert.ok(spaces < 1_000_000, `${spaces} characters`);
  });

  it("puts a mark on one of the erased columns only", () => {
    assert.equal(collapse("abc\x1b[1K\x1b[2D\u0301"), " \u0301  ");
  });

  it("keeps colours that nobody resets short", () => {
    const colours = Array.from({ length: 2_000 }, (_, index) => `\x1b[1;2;${index}m${index % 10}`).join("");
    assert.ok(collapse("x\r", colours).length < 2_000 * 300);
  });

  it("says what came behind, or that earlier text changed", () => {
    const stream = new StreamText();
    assert.equal(stream.append("ab"), "ab");
    assert.equal(stream.append("\r"), "");
    assert.equal(stream.append("ab"), "");
    assert.equal(stream.append("abcd"), "abcd");
    assert.equal(stream.append("\rX"), undefined);
    assert.equal(stream.append("\nnext"), "\nnext");
  });

  it("shows what a terminal shows", () => {
    // An erasure that has nothing to erase stays in the text, unseen.
    const seen = (text: string): string => collapse(text).replaceAll("\x1b[K", "");
    fc.assert(
      fc.property(plainText, (text) => assert.equal(seen(text), terminal(text))),
      { numRuns: 1000 },
    );
  });

  it("does not depend on how it is cut", () => {
    fc.assert(
      fc.property(colouredText, fc.array(fc.nat(120), { maxLength: 8 }), (text, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((to, index) => text.slice(at[index], to));
        assert.equal(collapse(...chunks), collapse(text));
      }),
      {
        numRuns: 2000,
        examples: [
          ["\x1b[K\x1b[2B\x1b[?25l\x1b[?25l", [13]],
          ["\x1b[?25l\x1b[D\x1b[[\x1b[1;32m\x1b[K", [7, 13, 21]],
        ],
      },
    );
  });

  it("tells of every change", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(colouredText, plainText), { maxLength: 8 }), (chunks) => {
        const stream = new StreamText();
        let shown = "";
        for (const chunk of chunks) {
          const added = stream.append(chunk);
          shown = added === undefined ? stream.text : shown + added;
          assert.equal(shown, stream.text);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
