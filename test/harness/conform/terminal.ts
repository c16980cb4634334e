// What a terminal shows of a text: the judge of how carriage returns and cursor moves were carried out.
// Written apart from the extension's own (src/notebook/text/streamText.ts), which it is to judge: slow and plain.

interface Cell {
  text: string;
  /** The attributes in force, in a form that is the same for the same look. */
  readonly look: string;
}

const token = /\x1b\[([\d;:?<=>]*)([@-~])|[\s\S]/gu;
const moves = /[\r\b]|\x1b\[\d*[ABCDGK]/;
const joins = /^[\p{M}\u200d]$/u;

/** Whether `text` does more than to go on at the end. */
export function movesCursor(text: string): boolean {
  return moves.test(text);
}

/** The screen after `text`, line by line; each change of look is written out in brackets. */
export function screenOf(text: string): string {
  const rows: Cell[][] = [[]];
  let [row, column] = [0, 0];
  let look = new Look();
  for (const [match, parameters = "", final] of text.matchAll(token)) {
    const times = Math.max(1, Number(parameters) || 1);
    const line = (rows[row] ??= []);
    if (final === undefined) {
      if (match === "\n") [row, column] = [row + 1, 0];
      else if (match === "\r") column = 0;
      else if (match === "\b") column = Math.max(0, column - 1);
      else column = put(line, column, match, look.name);
    } else if (final === "A") row = Math.max(0, row - times);
    else if (final === "B") row = Math.min(rows.length - 1, row + times);
    else if (final === "C") column += times;
    else if (final === "D") column = Math.max(0, column - times);
    else if (final === "G") column = times - 1;
    else if (final === "K") erase(line, column, Number(parameters));
    else if (final === "m") look = look.after(parameters);
    rows[row] ??= [];
  }
  return rows.map(written).join("\n");
}

function put(line: Cell[], column: number, text: string, look: string): number {
  const before = joins.test(text) ? line[column - 1] : undefined;
  if (before) {
    before.text += text;
    return column;
  }
  while (line.length < column) line.push({ text: " ", look: "" });
  line[column] = { text, look };
  return column + 1;
}

function erase(line: Cell[], column: number, mode: number): void {
  if (mode !== 1) line.length = Math.min(line.length, mode === 2 ? 0 : column);
  else for (let index = 0; index <= column && index < line.length; index++) line[index] = { text: " ", look: "" };
}

function written(line: readonly Cell[]): string {
  let look = "";
  let text = "";
  for (const cell of line) {
    if (cell.look !== look) text += `[${cell.look}]`;
    look = cell.look;
    text += cell.text;
  }
  return text.trimEnd();
}

/** Colours and attributes: the last of each kind counts. */
class Look {
  readonly #kinds: ReadonlyMap<string, string>;

  constructor(kinds: ReadonlyMap<string, string> = new Map()) {
    this.#kinds = kinds;
  }

  get name(): string {
    return [...this.#kinds.values()].sort().join(" ");
  }

  after(parameters: string): Look {
    const kinds = new Map(this.#kinds);
    const numbers = parameters.split(/[;:]/).map(Number);
    while (numbers.length > 0) {
      const [code = 0] = numbers;
      const taken = code === 38 || code === 48 ? (numbers[1] === 5 ? 3 : 5) : 1;
      const whole = numbers.splice(0, taken).join(";");
      if (code === 0) kinds.clear();
      else if (isForeground(code)) set(kinds, "foreground", code === 39 ? undefined : whole);
      else if (isForeground(code - 10)) set(kinds, "background", code === 49 ? undefined : whole);
      else if (code === 22) ["1", "2"].forEach((kind) => kinds.delete(kind));
      else if (code >= 23 && code <= 29) kinds.delete(String(code - 20));
      else kinds.set(String(code), whole);
    }
    return new Look(kinds);
  }
}

function isForeground(code: number): boolean {
  return (code >= 30 && code <= 39) || (code >= 90 && code <= 97);
}

function set(kinds: Map<string, string>, kind: string, value: string | undefined): void {
  if (value === undefined) kinds.delete(kind);
  else kinds.set(kind, value);
}
