// The colours of a terminal's characters: the escape sequences in force, and what leads from some to others.

const reset = "\x1b[0m";
/** Characters of the sequences in force, at most: each character of a line may have its own. */
const longest = 256;
const foreground = /^(?:3[0-79]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)$/;
const background = /^(?:4[0-79]|10[0-7]|48;5;\d+|48;2;\d+;\d+;\d+)$/;

/** `pen` after the sequence `CSI parameters m`; the oldest attribute goes where there are too many. */
export function colour(pen: readonly string[], parameters: string): readonly string[] {
  const cleared = /^0*(?:;|$)/.exec(parameters);
  if (cleared) {
    const rest = parameters.slice(cleared[0].length);
    return rest === "" ? [reset] : colour([reset], rest);
  }
  const kind = [foreground, background].find((pattern) => pattern.test(parameters));
  const replaced = (sequence: string): boolean =>
    sequence !== reset && (kind ? kind.test(sequence.slice(2, -1)) : sequence.slice(2, -1) === parameters);
  const kept = pen.filter((sequence) => !replaced(sequence));
  kept.push(`\x1b[${parameters}m`);
  while (kept.reduce((length, sequence) => length + sequence.length, 0) > longest) kept.splice(kept[0] === reset ? 1 : 0, 1);
  return kept;
}

/** What leads from one style to another. */
export function change(from: string, to: string): string {
  if (to.startsWith(from)) return to.slice(from.length);
  return to.startsWith(reset) ? to : reset + to;
}
