// The worst texts that are known for what follows a terminal.
import assert from "node:assert/strict";
import { StreamText } from "../../../../src/notebook/text/streamText";
import { many, size, type Row } from "./rows";

export const stream = (text: string): string => {
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

export const streams: Row[] = [
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
