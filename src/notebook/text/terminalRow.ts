// One line of stream text as a terminal shows it: characters in columns, each with its colours.
import { change, colour, styleOf, type Pen } from "./colours";
import { PlainRow } from "./plainRow";

/** The column behind the last character. */
export const end = "end";
export type Column = number | typeof end;

/** State that all lines of a text share. */
export interface RowLimits {
  /** Columns that may still be filled with spaces, where the cursor was moved past the end. */
  padding: number;
  /** Columns with characters and colours of their own; a line with too many is overwritten as plain text. */
  cells: number;
}

/** Shared by all columns with the same character and style, as far as possible: a column costs a pointer then. */
interface Cell {
  readonly text: string;
  /** The escape sequences in force: those since the line's start, or since the last reset and with it. */
  readonly style: string;
}

const blank: Cell = { text: " ", style: "" };
/** From here on, in UTF-16 units or columns, a line is overwritten as plain text: columns would cost a hundred times its size. */
export const longLine = 20_000;
/** Columns of all lines that share limits. */
const mostCells = 200_000;
/** A control sequence (parameters in 1, final byte in 2) or one character. */
const token = /\x1b\[([\d;:?<=>]{0,20})([@-~])|[\s\S]/gu;
/** One column each. */
const plainText = /^[^\x1b\u0300-\uffff]*$/;
/** Characters that take no column of their own. */
const zeroWidth = /^[\p{M}\u200d]$/u;

/**
 * A line that is kept as it came until something overwrites a part of it. From then on it is columns: one a code
 * point (wide characters count as one), with colours kept and other control sequences dropped.
 */
export class TerminalLine {
  readonly #limits: RowLimits;
  #raw = "";
  #cells: Cell[] | undefined;
  #plain: PlainRow | undefined;
  #pen: Pen = [];
  /** Up to here there are only columns without characters and colours: they are not erased again. */
  #blank = 0;

  constructor(limits: RowLimits) {
    this.#limits = limits;
  }

  /** Whether it is as new: what comes is kept as it comes. */
  get isEmpty(): boolean {
    return this.#raw === "" && this.#cells === undefined && this.#plain === undefined;
  }

  /** How many columns are taken. */
  get length(): number {
    if (this.#cells === undefined && this.#raw.length > longLine) return this.#raw.length;
    return this.#plain?.length ?? this.#cells?.length ?? parse(this.#raw).cells.length;
  }

  /** About how much there is in it, without counting. */
  get size(): number {
    return this.#plain?.length ?? this.#cells?.length ?? this.#raw.length;
  }

  /** How many columns have characters and colours of their own. */
  get cellCount(): number {
    return this.#cells?.length ?? 0;
  }

  /** Writes `text` (no line feed) over what begins at `column`; returns the column behind it. */
  write(column: Column, text: string): Column {
    if (this.#plain === undefined && this.#cells === undefined && (column === end || (column === 0 && this.#raw === ""))) {
      this.#raw += text;
      return end;
    }
    const cells = this.#columns();
    if (!cells) {
      const { row, at } = this.#asPlain(column);
      return row.write(this.#padded(at, row.length), text);
    }
    const { length } = cells;
    const at = this.#padded(column === end ? length : column, length);
    if (at > length) fill(cells, length, at);
    this.#blank = Math.min(this.#blank, Math.max(0, at - 1)); // a mark changes what is before it
    const written = print(cells, at, this.#pen, text);
    this.#limits.cells += cells.length - length;
    this.#pen = written.pen;
    return written.column;
  }

  /** Erases as `CSI mode K` does: 0 from `column` on, 1 up to and with it, 2 all. */
  erase(mode: number, column: number): void {
    const cells = this.#columns();
    if (!cells) {
      const { row, at } = this.#asPlain(column);
      row.erase(mode, at);
      return;
    }
    const { length } = cells;
    if (mode !== 1) cells.length = Math.min(column, length);
    this.#limits.cells += cells.length - length;
    if (mode !== 0) {
      const end = Math.min(column + 1, cells.length);
      if (end > this.#blank) fill(cells, this.#blank, end);
      this.#blank = Math.max(this.#blank, end);
    }
    // Here only, not where nothing visible was written: whether there is another write depends on how the text was cut.
    if (cells.length === 0 && this.#pen.length === 0) this.#cells = undefined;
  }

  toString(): string {
    if (this.#plain) return this.#plain.toString();
    if (this.#cells === undefined) return this.#raw;
    const { text, style } = textOf(this.#cells);
    return text + change(style, styleOf(this.#pen));
  }

  /** `column`, or what of it the limits leave, in a line that has `length`; what is between is to be filled. */
  #padded(column: number, length: number): number {
    const at = Math.min(column, length + Math.max(0, this.#limits.padding));
    this.#limits.padding -= Math.max(0, at - length);
    return at;
  }

  /** The line's columns, for overwriting; undefined where the line is too long for them. */
  #columns(): Cell[] | undefined {
    if (this.#plain) return undefined;
    if (this.#cells === undefined && this.#raw.length <= longLine && this.#limits.cells < mostCells) {
      const { cells, pen } = parse(this.#raw);
      this.#cells = cells;
      this.#limits.cells += cells.length;
      this.#pen = pen;
      this.#blank = 0;
      this.#raw = "";
    }
    return this.#cells && this.#cells.length <= longLine ? this.#cells : undefined;
  }

  /** As plain text, of which its colours are a part; `at` is where `column` is then. */
  #asPlain(column: Column): { readonly row: PlainRow; readonly at: number } {
    const cells = this.#cells;
    let at = column;
    if (cells && at !== end) at = at < cells.length ? textOf(cells.slice(0, at)).text.length : at - cells.length + this.toString().length;
    this.#plain ??= new PlainRow(this.toString());
    this.#raw = "";
    this.#limits.cells -= this.cellCount;
    this.#cells = undefined;
    return { row: this.#plain, at: at === end ? this.#plain.length : at };
  }
}

function textOf(cells: readonly Cell[]): Cell {
  const parts: string[] = [];
  let style = "";
  let spaces = 0;
  for (const cell of cells) {
    if (cell === blank && style === "") {
      spaces += 1;
      continue;
    }
    if (spaces > 0) parts.push(" ".repeat(spaces));
    spaces = 0;
    if (cell.style !== style) parts.push(change(style, cell.style));
    parts.push(cell.text);
    style = cell.style;
  }
  return { text: parts.join("") + " ".repeat(spaces), style };
}

function fill(cells: Cell[], from: number, to: number): void {
  if (to > cells.length) cells.length = to;
  cells.fill(blank, from, to);
}

function parse(raw: string): { cells: Cell[]; pen: Pen } {
  const cells: Cell[] = [];
  return { cells, pen: print(cells, 0, [], raw).pen };
}

/** Puts the characters of `text` into `cells` from `column` on, in the colours of `pen` and of the text. */
function print(cells: Cell[], column: number, pen: Pen, text: string): { column: number; pen: Pen } {
  let style = styleOf(pen);
  let last = blank;
  if (plainText.test(text)) {
    for (const character of text) {
      if (last.text !== character || last.style !== style) last = { text: character, style };
      cells[column++] = last;
    }
    return { column, pen };
  }
  for (const [match, parameters, final] of text.matchAll(token)) {
    if (final !== undefined) {
      if (final !== "m") continue;
      pen = colour(pen, parameters ?? "");
      style = styleOf(pen);
      continue;
    }
    const before = match >= "\u0300" && zeroWidth.test(match) ? cells[column - 1] : undefined;
    if (before) cells[column - 1] = { text: before.text + match, style: before.style };
    else {
      if (last.text !== match || last.style !== style) last = { text: match, style };
      cells[column++] = last;
    }
  }
  return { column, pen };
}
