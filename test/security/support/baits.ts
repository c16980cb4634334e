// What strangers write where they are asked for a name or a reason: links that VS Code would open, icons, reversed words.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A text that VS Code would show as a link: a click on its words runs a program on the person's computer. */
export interface Bait {
  /** What the link would read. */
  readonly words: string;
  /** The whole text. */
  readonly text: string;
}

/** Direction and control characters, by which a text reads another way than it is written. */
export const reversing = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** An icon of VS Code's that nothing else on the screen has. */
export const icon = { text: "$(squirrel)", selector: ".codicon-squirrel" } as const;

/** Baits whose programs would leave a file in one directory, each its own. */
export class Baits {
  /** Short: reasons of hubs are cut at 300 characters. */
  readonly #directory = mkdtempSync(path.join(tmpdir(), "bait-"));
  #made = 0;

  /** In the address of every link, percent-encoded or not, and nowhere else. */
  get mark(): string {
    return path.basename(this.#directory);
  }

  /** A link that would run a program. It has no comma, quotation mark, slash or space outside its words: good for certificates and files' names. */
  command(words: string): Bait {
    const file = path.join(this.#directory, String(++this.#made));
    const terminal = { config: { executable: "/bin/sh", args: ["-c", `touch ${file}`] }, location: 2 };
    return { words, text: `[${words}](command:workbench.action.createTerminalEditor?${encodeURIComponent(JSON.stringify(terminal))})` };
  }

  /** A link in at most 100 characters, for what is cut short; it would open a page. */
  page(words: string): Bait {
    return { words, text: `[${words}](https://evil.example/${this.mark})` };
  }

  /** What the programs have left. */
  get touched(): readonly string[] {
    return readdirSync(this.#directory);
  }

  dispose(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Text in HTML. */
export function inHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
