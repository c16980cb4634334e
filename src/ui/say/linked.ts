// Links of our own, the only ones in what is shown: a text is made plain first, and links are joined to it after that.
import { plain } from "../../base/plain";
import type { CommandId } from "../contributed/commands";

/** A link that runs a command of ours. */
export interface CommandLink {
  readonly label: string;
  readonly command: CommandId;
  /** The command's argument; nothing unless told. */
  readonly argument?: object;
}

/** A text with links. They stand early in it, since VS Code shows the first line of a notification until one hovers. */
export interface Linked {
  readonly lead: string;
  readonly links: readonly CommandLink[];
  readonly text: string;
}

/** A text that may be shown. */
export type Words = string | Linked;

/** As VS Code takes it: plain, but for links of our own. */
export function shown(words: Words): string {
  if (typeof words === "string") return plain(words);
  const { lead, links, text } = words;
  // A bracket before a link would begin another, which ends with it.
  return [plain(lead).replaceAll("[", "("), links.map(markup).join(" · "), "·", plain(text)].join(" ");
}

/** A link as VS Code writes it, in Markdown and in its own texts. */
export function markup({ label, command, argument }: CommandLink): string {
  const words = plain(label).replaceAll(/[[\]]/g, "");
  if (argument === undefined) return `[${words}](command:${command})`;
  // A bracket would end the link.
  const query = encodeURIComponent(JSON.stringify([argument]))
    .replaceAll("(", "%28")
    .replaceAll(")", "%29");
  return `[${words}](command:${command}?${query})`;
}
