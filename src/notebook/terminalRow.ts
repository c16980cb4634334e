// One line of stream text as a terminal shows it: characters in columns, each with its colours.

/** The column behind the last character. */
export const end = "end";
export type Column = number | typeof end;

interface Cell {
  text: string;
  /** The escape sequences in force: those since the line's start, or since the last reset and with it. */
  readonly style: string;
}

const reset = "\x1b[0m";
/** From here on, in UTF-16 units, a line is overwritten as plain text: columns would cost a hundred times its size. */
const longLine = 20_000;
/** A control sequence (parameters in 1, final byte in 2) or one character. */
const token = /\x1b\[([\d;:?<=>]{0,20})([@-~])|[\s\S]/gu;
/** What takes no column of its own. */
const zeroWidth = /^[\p{M}\u200d]$/u;
const foreground = /^(?:3[0-79]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)$/;
const background = /^(?:4[0-79]|10[0-7]|48;5;\d+|48;2;\d+;\d+;\d+)$/;

/**
 * A line that is kept as it came until something overwrites a part of it. From then on it is columns: one a code
 * point (wide characters count as one), with colours kept and other control sequences dropped.
 */
export class TerminalRow {
  #raw = "";
  #cells: Cell[] | undefined;
  #pen: readonly string[] = [];

  /** Whether it is as new: what comes is kept as it comes. */
  get isEmpty(): boolean {
    return this.#raw === "" && this.#cells === undefined;
  }

  /** How many columns are taken. */
  get length(): number {
    return this.#cells?.length ?? parse(this.#raw).cells.length;
  }

  /** Writes `text` (no line feed) over what begins at `column`; returns the column behind it. */
  write(column: Column, text: string): Column {
    if (this.#cells === undefined && (column === end || (column === 0 && this.#raw === ""))) {
      this.#raw += text;
      return end;
    }
    if (this.#cells === undefined && this.#raw.length > longLine) {
      const at = column === end ? this.#raw.length : column;
      this.#raw = this.#raw.slice(0, at).padEnd(at) + text + this.#raw.slice(at + text.length);
      return at + text.length;
    }
    const cells = this.#split();
    const at = column === end ? cells.length : column;
    while (cells.length < at) cells.push({ text: " ", style: "" });
    const written = print(cells, at, this.#pen, text);
    this.#pen = written.pen;
    return written.column;
  }

  /** Erases as `CSI mode K` does: 0 from `column` on, 1 up to and with it, 2 all. */
  erase(mode: number, column: number): void {
    const cells = this.#split();
    if (mode !== 1) cells.length = Math.min(column, cells.length);
    if (mode !== 0) cells.fill({ text: " ", style: "" }, 0, column + 1);
    // Here only, not where nothing visible was written: whether there is another write depends on how the text was cut.
    if (cells.length === 0 && this.#pen.length === 0) this.#cells = undefined;
  }

  toString(): string {
    if (this.#cells === undefined) return this.#raw;
    let text = "";
    let style = "";
    for (const cell of this.#cells) {
      text += change(style, cell.style) + cell.text;
      style = cell.style;
    }
    return text + change(style, this.#pen.join(""));
  }

  #split(): Cell[] {
    if (this.#cells === undefined) {
      const { cells, pen } = parse(this.#raw);
      this.#cells = cells;
      this.#pen = pen;
      this.#raw = "";
    }
    return this.#cells;
  }
}

function parse(raw: string): { cells: Cell[]; pen: readonly string[] } {
  const cells: Cell[] = [];
  return { cells, pen: print(cells, 0, [], raw).pen };
}

/** Puts the characters of `text` into `cells` from `column` on, in the colours of `pen` and of the text. */
function print(cells: Cell[], column: number, pen: readonly string[], text: string): { column: number; pen: readonly string[] } {
  let style = pen.join("");
  for (const [match, parameters, final] of text.matchAll(token)) {
    if (final !== undefined) {
      if (final !== "m") continue;
      pen = colour(pen, parameters ?? "");
      style = pen.join("");
      continue;
    }
    const before = zeroWidth.test(match) ? cells[column - 1] : undefined;
    if (before) before.text += match;
    else cells[column++] = { text: match, style };
  }
  return { column, pen };
}

/** `pen` after the sequence `CSI parameters m`; never longer than there are kinds of attributes. */
function colour(pen: readonly string[], parameters: string): readonly string[] {
  const cleared = /^0*(?:;|$)/.exec(parameters);
  if (cleared) {
    const rest = parameters.slice(cleared[0].length);
    return rest === "" ? [reset] : colour([reset], rest);
  }
  const kind = [foreground, background].find((pattern) => pattern.test(parameters));
  const replaced = (sequence: string): boolean =>
    sequence !== reset && (kind ? kind.test(sequence.slice(2, -1)) : sequence.slice(2, -1) === parameters);
  return [...pen.filter((sequence) => !replaced(sequence)), `\x1b[${parameters}m`];
}

/** What leads from one style to another. */
function change(from: string, to: string): string {
  if (to.startsWith(from)) return to.slice(from.length);
  return to.startsWith(reset) ? to : reset + to;
}
