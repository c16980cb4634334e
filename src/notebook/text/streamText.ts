// The text of one stream output, after carriage returns and cursor moves have overwritten what they overwrite.
import { end, longLine, TerminalLine, type Column, type RowLimits } from "./terminalRow";

/** How far up the cursor reaches: nested progress bars need a few lines; older ones are final. */
const reach = 100;
/** How far to the right the cursor can be moved; terminals stop at their width. */
const width = 10_000;
/** Spaces that moves of the cursor may make: so many, and so many more for each character that has come. */
const padding = { least: 300_000, each: 3 };
/** Of a line that is longer, the beginning is final: what may change is looked at with each chunk. */
const longest = 65_536;
/** So are the oldest lines where they are more than that together; a shorter line than `long` does not count. */
const mostInReach = 100_000;
const long = mostInReach / reach;

const control = /[\r\b]|\x1b\[(\d{0,3})([ABCDGK])/g;
/** The start of something whose rest the next chunk brings: an escape sequence or a surrogate pair. */
const partial = /(?:\x1b(?:\[[\d;:?<=>]{0,20})?|[\uD800-\uDBFF])$/;

/**
 * Stream text as a terminal would show it: `\r` and backspace move the cursor within the line, `CSI A`–`D` and `G`
 * move it, `CSI K` erases, and what is written there replaces what was. So a progress bar is one line, however long
 * it runs. The result depends only on the text, not on how it was cut into chunks.
 */
export class StreamText {
  #final = "";
  readonly #limits: RowLimits = { padding: padding.least, cells: 0 };
  #rows = [new TerminalLine(this.#limits)];
  #row = 0;
  #column: Column = end;
  #held = "";
  /** Of the present chunk: what it has put at the end, and the last rows as they were before it did anything else, if they are short. */
  #added = "";
  #disturbed: { readonly tail: string | undefined; settled: string } | undefined;

  get text(): string {
    return this.#final + this.#tail() + this.#held;
  }

  /** Adds `chunk`. Returns what came behind the text there was, or undefined if earlier text has changed. */
  append(chunk: string): string | undefined {
    const shown = this.#held;
    this.#limits.padding += padding.each * chunk.length;
    const input = shown + chunk;
    this.#held = partial.exec(input)?.[0] ?? "";
    this.#added = "";
    this.#disturbed = undefined;
    this.#interpret(input.slice(0, input.length - this.#held.length));
    const added = this.#sinceShown();
    return added?.startsWith(shown) ? added.slice(shown.length) : undefined;
  }

  #tail(): string {
    return this.#rows.join("\n");
  }

  /** To be called before anything that does more than to add at the end. */
  #disturb(): void {
    this.#disturbed ??= { tail: this.#rows.some(({ size }) => size > longLine) ? undefined : this.#tail(), settled: "" };
  }

  /** What has been added at the end, beginning with what was held back; undefined if that is not all. */
  #sinceShown(): string | undefined {
    if (!this.#disturbed) return this.#added + this.#held;
    const { tail, settled } = this.#disturbed;
    if (tail === undefined) return undefined;
    const now = settled + this.#tail() + this.#held;
    return now.startsWith(tail) ? this.#added + now.slice(tail.length) : undefined;
  }

  #interpret(text: string): void {
    let from = 0;
    for (const { 0: sign, 1: parameter = "", 2: final, index } of text.matchAll(control)) {
      if (index > from) this.#print(text.slice(from, index));
      if (final === undefined) this.#goBack(sign);
      else this.#control(sign, parameter, final);
      from = index + sign.length;
    }
    if (from < text.length) this.#print(text.slice(from));
  }

  #print(text: string): void {
    text.split("\n").forEach((line, index) => {
      if (index > 0) this.#lineFeed();
      if (line === "") return;
      const row = this.#current();
      if (this.#column === end && this.#row === this.#rows.length - 1 && row.size + line.length <= longest) {
        // Nearly always: it stands at the end.
        if (!this.#disturbed) this.#added += line;
        this.#column = row.write(end, line);
      } else this.#write(line);
    });
  }

  #write(text: string): void {
    const row = this.#current();
    const room = longest - (this.#column === end ? row.size : this.#column);
    if (text.length > room) {
      this.#writeWithin(text.slice(0, Math.max(0, room)));
      this.#settle(this.#row + 1, new TerminalLine(this.#limits));
      this.#column = end;
      this.#write(text.slice(Math.max(0, room)));
    } else this.#writeWithin(text);
  }

  #writeWithin(text: string): void {
    if (this.#column === end && this.#row === this.#rows.length - 1) {
      if (!this.#disturbed) this.#added += text;
    } else this.#disturb();
    this.#column = this.#current().write(this.#column, text);
  }

  #goBack(sign: string): void {
    if (sign === "\b") this.#column = Math.max(0, this.#at() - 1);
    else this.#column = this.#current().isEmpty ? end : 0;
  }

  #control(sequence: string, parameter: string, final: string): void {
    const row = this.#current();
    const times = Math.max(1, Number(parameter));
    if (final === "A") this.#moveTo(Math.max(0, this.#row - times));
    else if (final === "B") this.#moveTo(Math.min(this.#rows.length - 1, this.#row + times));
    else if (final === "C") this.#column = Math.max(this.#at(), Math.min(this.#at() + times, width));
    else if (final === "D") this.#column = Math.max(0, this.#at() - times);
    else if (final === "G") this.#column = times - 1;
    // At the end of a line there is nothing to erase: tools that colour their output send it all the time.
    else if (this.#column === end && Number(parameter) === 0) this.#write(sequence);
    else {
      this.#disturb();
      const column = this.#at();
      row.erase(Number(parameter), column);
      this.#column = column;
    }
  }

  #current(): TerminalLine {
    const row = this.#rows[this.#row];
    if (row) return row;
    const added = new TerminalLine(this.#limits);
    this.#rows.push(added);
    if (!this.#disturbed) this.#added += "\n";
    return added;
  }

  #at(): number {
    return this.#column === end ? this.#current().length : this.#column;
  }

  #moveTo(row: number): void {
    this.#column = this.#at();
    this.#row = row;
  }

  #lineFeed(): void {
    const { size } = this.#current();
    this.#row += 1;
    this.#column = this.#current().isEmpty ? end : 0;
    const oldest = this.#rows.length > reach ? this.#rows.shift() : undefined;
    if (oldest) {
      this.#limits.cells -= oldest.cellCount;
      this.#row -= 1;
      this.#addFinal(`${oldest.toString()}\n`);
    }
    if (size > long) this.#settle(this.#excess());
  }

  /** How many of the lines above the cursor are too much together. */
  #excess(): number {
    let size = 0;
    let at = this.#row;
    while (at > 0 && size <= mostInReach) size += this.#rows[--at]?.size ?? 0;
    return size > mostInReach ? at + 1 : 0;
  }

  /** The first `count` lines are final; `rest` goes on with the last of them. */
  #settle(count: number, rest?: TerminalLine): void {
    if (count === 0) return;
    const settled = this.#rows.splice(0, count, ...(rest ? [rest] : []));
    for (const { cellCount } of settled) this.#limits.cells -= cellCount;
    this.#row -= rest ? count - 1 : count;
    this.#addFinal(settled.join("\n") + (rest ? "" : "\n"));
  }

  #addFinal(text: string): void {
    this.#final += text;
    if (this.#disturbed) this.#disturbed.settled += text;
  }
}
