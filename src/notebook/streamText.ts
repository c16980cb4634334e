// The text of one stream output, with what carriage returns and cursor moves overwrote already gone.
import { end, TerminalRow, type Column } from "./terminalRow";

/** How far up the cursor reaches: nested progress bars need a few lines; older ones are final. */
const reach = 100;

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
  #rows = [new TerminalRow()];
  #row = 0;
  #column: Column = end;
  #held = "";

  get text(): string {
    return this.#final + this.#tail();
  }

  /** Adds `chunk`. Returns what came behind the text there was, or undefined if earlier text has changed. */
  append(chunk: string): string | undefined {
    const input = this.#held + chunk;
    const held = partial.exec(input)?.[0] ?? "";
    const text = input.slice(0, input.length - held.length);
    const inPlace = this.#column === end && this.#row === this.#rows.length - 1 && text.search(control) === -1;
    const before = inPlace ? "" : this.#tail();
    const finalLength = this.#final.length;
    this.#interpret(text);
    this.#held = held;
    if (inPlace) return chunk;
    const after = this.#final.slice(finalLength) + this.#tail();
    return after.startsWith(before) ? after.slice(before.length) : undefined;
  }

  #tail(): string {
    return this.#rows.join("\n") + this.#held;
  }

  #interpret(text: string): void {
    let from = 0;
    for (const match of text.matchAll(control)) {
      this.#print(text.slice(from, match.index));
      this.#control(match[0], match[1] ?? "", match[2] ?? "");
      from = match.index + match[0].length;
    }
    this.#print(text.slice(from));
  }

  #print(text: string): void {
    text.split("\n").forEach((line, index) => {
      if (index > 0) this.#lineFeed();
      if (line !== "") this.#column = this.#current().write(this.#column, line);
    });
  }

  #control(sequence: string, parameter: string, final: string): void {
    const row = this.#current();
    const times = Math.max(1, Number(parameter));
    if (sequence === "\r") this.#column = row.isEmpty ? end : 0;
    else if (sequence === "\b") this.#column = Math.max(0, this.#at() - 1);
    else if (final === "A") this.#moveTo(Math.max(0, this.#row - times));
    else if (final === "B") this.#moveTo(Math.min(this.#rows.length - 1, this.#row + times));
    else if (final === "C") this.#column = this.#at() + times;
    else if (final === "D") this.#column = Math.max(0, this.#at() - times);
    else if (final === "G") this.#column = times - 1;
    // At the end of a line there is nothing to erase: tools that colour their output send it all the time.
    else if (this.#column === end && Number(parameter) === 0) this.#column = row.write(end, sequence);
    else {
      const column = this.#at();
      row.erase(Number(parameter), column);
      this.#column = column;
    }
  }

  #current(): TerminalRow {
    const row = this.#rows[this.#row];
    if (row) return row;
    const added = new TerminalRow();
    this.#rows.push(added);
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
    this.#row += 1;
    this.#column = this.#current().isEmpty ? end : 0;
    if (this.#rows.length <= reach) return;
    const oldest = this.#rows.shift();
    this.#final += `${String(oldest)}\n`;
    this.#row -= 1;
  }
}
