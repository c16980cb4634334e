// A long line of stream text with overwritten characters, without colours: one column for each UTF-16 unit.

/** Takes time for what is written, not for how long the line is. */
export class PlainRow {
  #units: Uint16Array;
  #length = 0;
  /** Up to here there is nothing but spaces: they are not erased again. */
  #blank = 0;

  constructor(text: string) {
    this.#units = new Uint16Array(text.length + 1_024);
    this.write(0, text);
  }

  get length(): number {
    return this.#length;
  }

  /** Writes over what begins at `column`, with spaces before it where there is nothing yet; returns the column behind it. */
  write(column: number, text: string): number {
    const end = column + text.length;
    this.#makeRoom(end);
    if (column > this.#length) this.#units.fill(space, this.#length, column);
    this.#blank = Math.min(this.#blank, column);
    for (let at = 0; at < text.length; at++) this.#units[column + at] = text.charCodeAt(at);
    this.#length = Math.max(this.#length, end);
    return end;
  }

  /** Erases as `CSI mode K` does, see `TerminalRow`. */
  erase(mode: number, column: number): void {
    if (mode !== 1) this.#length = Math.min(column, this.#length);
    if (mode === 0) return;
    const end = Math.min(column + 1, this.#length);
    if (end > this.#blank) this.#units.fill(space, this.#blank, end);
    this.#blank = Math.max(this.#blank, end);
  }

  toString(): string {
    return Buffer.from(this.#units.buffer, 0, 2 * this.#length).toString("utf16le");
  }

  #makeRoom(length: number): void {
    if (length <= this.#units.length) return;
    const units = new Uint16Array(2 * length);
    units.set(this.#units.subarray(0, this.#length));
    this.#units = units;
  }
}

const space = 0x20;
