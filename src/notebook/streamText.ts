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
  /** Of the present chunk: what it has put at the end, and the last rows as they were before it did anything else. */
  #added = "";
  #disturbed: { readonly tail: string; readonly finalLength: number } | undefined;

  get text(): string {
    return this.#final + this.#tail() + this.#held;
  }

  /** Adds `chunk`. Returns what came behind the text there was, or undefined if earlier text has changed. */
  append(chunk: string): string | undefined {
    const shown = this.#held;
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
    this.#disturbed ??= { tail: this.#tail(), finalLength: this.#final.length };
  }

  /** What has been added at the end, beginning with what was held back; undefined if that is not all. */
  #sinceShown(): string | undefined {
    if (!this.#disturbed) return this.#added + this.#held;
    const { tail, finalLength } = this.#disturbed;
    const now = this.#final.slice(finalLength) + this.#tail() + this.#held;
    return now.startsWith(tail) ? this.#added + now.slice(tail.length) : undefined;
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
      if (line !== "") this.#write(line);
    });
  }

  #write(text: string): void {
    if (this.#column === end && this.#row === this.#rows.length - 1) {
      if (!this.#disturbed) this.#added += text;
    } else this.#disturb();
    this.#column = this.#current().write(this.#column, text);
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
    else if (this.#column === end && Number(parameter) === 0) this.#write(sequence);
    else {
      this.#disturb();
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
    this.#row += 1;
    this.#column = this.#current().isEmpty ? end : 0;
    if (this.#rows.length <= reach) return;
    const oldest = this.#rows.shift();
    this.#final += `${String(oldest)}\n`;
    this.#row -= 1;
  }
}
