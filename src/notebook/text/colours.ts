// Colours of a terminal's characters: the escape sequences in force, and those that change one colour to another.

const reset = "\x1b[0m";
/** Characters of the sequences in force, at most: each character of a line may have its own. */
const longest = 256;
const foreground = /^(?:3[0-79]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)$/;
const background = /^(?:4[0-79]|10[0-7]|48;5;\d+|48;2;\d+;\d+;\d+)$/;

interface Attribute {
  readonly sequence: string;
  /** The kind, of which a later sequence replaces an earlier one. */
  readonly kind: string;
}

/** The attributes in force, in the order in which they came. */
export type Pen = readonly Attribute[];

const cleared: Attribute = { sequence: reset, kind: "reset" };

/** `pen` after the sequence `CSI parameters m`; the oldest attribute goes where there are too many. */
export function colour(pen: Pen, parameters: string): Pen {
  const clears = /^0*(?:;|$)/.exec(parameters);
  if (clears) {
    const rest = parameters.slice(clears[0].length);
    return rest === "" ? [cleared] : colour([cleared], rest);
  }
  const kind = foreground.test(parameters) ? "foreground" : background.test(parameters) ? "background" : parameters;
  const kept = pen.filter((one) => one.kind !== kind);
  kept.push({ sequence: `\x1b[${parameters}m`, kind });
  while (styleOf(kept).length > longest) kept.splice(kept[0] === cleared ? 1 : 0, 1);
  return kept;
}

/** The sequences in force as text. */
export function styleOf(pen: Pen): string {
  let style = "";
  for (const { sequence } of pen) style += sequence;
  return style;
}

/** The escape sequences that change one style to another. */
export function change(from: string, to: string): string {
  if (to.startsWith(from)) return to.slice(from.length);
  return to.startsWith(reset) ? to : reset + to;
}
