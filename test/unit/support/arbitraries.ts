// What properties are tried with.
import fc from "fast-check";

const surrogates = { from: 0xd800, count: 0x800 };

/** One code point, as `fc.string`'s unit "binary" has them, without its table of a million entries. */
const codePoint = fc.nat(0x10ffff - surrogates.count).map(
  (index) => String.fromCodePoint(index < surrogates.from ? index : index + surrogates.count),
  (text) => {
    const [letter = "", ...rest] = typeof text === "string" ? text : "";
    const code = letter.codePointAt(0);
    if (code === undefined || rest.length > 0) throw new Error("Not one code point.");
    return code < surrogates.from ? code : code - surrogates.count;
  },
);

/** Any text without lone surrogates. */
export const anyText = fc.string({ unit: codePoint });
