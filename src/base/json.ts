// JSON from outside, with a bound on its depth: code that walks it recurses once for each level.

/** Levels of objects and lists. Real data has a few dozen; JSON.stringify, VS Code and others fail at some thousands. */
const deepest = 1_000;

/**
 * As JSON.parse.
 * @throws SyntaxError where it is no JSON, or nested deeper than `deepest`
 */
export function parseJsonText(text: string): unknown {
  if (isDeeper(text)) throw new SyntaxError(`It is nested deeper than ${deepest} levels.`);
  return JSON.parse(text);
}

/** As `parseJsonText`; undefined for what cannot be read. */
export function jsonIn(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    return undefined;
  }
}

/** Cheap for short texts, which have no room for so many brackets, and for long strings, which are skipped as a whole. */
function isDeeper(text: string): boolean {
  if (text.length < 2 * deepest) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepest) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return false;
}

/** Where the string that begins at `start` ends; the text's end where it does not. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ;) {
    const end = text.indexOf('"', from);
    if (end === -1) return text.length;
    let before = end;
    while (text.charCodeAt(before - 1) === 0x5c) before--; // backslashes; the quote at `start` ends them
    if ((end - before) % 2 === 0) return end;
    from = end + 1;
  }
}
