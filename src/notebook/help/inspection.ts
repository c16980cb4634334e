// The text of an inspect_reply: its sections, and its form as Markdown.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection
import type { InspectReply } from "../../services/kernel/messages";

/** One part of a documentation: IPython's have titles such as `Signature` or `Docstring`; others are one part without. */
export interface Section {
  readonly title?: string;
  readonly text: string;
}

/** Characters of a part that are shown. */
const most = 20_000;
/** Characters, and parts, that are read. */
const longest = { text: 200_000, parts: 100 };

/** Escape sequences of terminals, and letters that are struck over: as manuals have them for bold and underlined. */
const terminal = /\x1b(?:\[[\d;:?<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])|[^\n]\x08/g;
/** A coloured title at the start of a line. */
const heading = /^(?:\x1b\[[\d;]*m)+([A-Z][A-Za-z ]*):(?:\x1b\[[\d;]*m)+/;

const codeTitles: ReadonlySet<string | undefined> = new Set(["Signature", "Init signature", "Call signature", "Source"]);
const textTitles: ReadonlySet<string | undefined> = new Set([
  "Docstring",
  "Class docstring",
  "Init docstring",
  "Call docstring",
  undefined,
]);

/** Text without what only a terminal understands. */
export function plainText(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(terminal, "");
}

/** The parts of the reply's plain text; none where nothing was found. */
export function sectionsOf(reply: InspectReply): readonly Section[] {
  const text = reply.status === "ok" && reply.found ? textOf(reply.data["text/plain"]) : "";
  const parts: { title?: string; lines: string[] }[] = [{ lines: [] }];
  for (const line of text.slice(0, longest.text).split(/\r?\n/)) {
    const [whole, title] = heading.exec(line) ?? [];
    if (whole !== undefined && title !== undefined && parts.length < longest.parts)
      parts.push({ title, lines: [line.slice(whole.length)] });
    else parts.at(-1)?.lines.push(line);
  }
  return parts
    .map(({ title, lines }) => ({ ...(title !== undefined && { title }), text: trimmed(plainText(lines.join("\n"))) }))
    .filter((section) => section.text !== "");
}

/**
 * The kernel's documentation as Markdown; undefined where it has none. Plain text stays as it is set, in fences: nothing
 * in it is taken for Markdown.
 * @param language VS Code's name of the kernel's language, for what is code
 */
export function inspectionMarkdown(reply: InspectReply, language: string): string | undefined {
  if (reply.status !== "ok" || !reply.found) return undefined;
  const markdown = textOf(reply.data["text/markdown"]);
  if (markdown !== "") return bounded(markdown);
  const sections = sectionsOf(reply);
  const code = sections.filter(({ title }) => codeTitles.has(title));
  const docs = sections.filter(({ title }) => textTitles.has(title));
  const facts = sections.filter((section) => !code.includes(section) && !docs.includes(section));
  const shown = [
    ...code.map(({ text }) => fenced(bounded(text), language)),
    ...docs.map(({ text }) => fenced(bounded(text), "text")),
    ...facts.map(({ title, text }) =>
      text.includes("\n") ? `${title ?? ""}:\n${fenced(bounded(text), "text")}` : `${title ?? ""}: ${inline(bounded(text))}`,
    ),
  ];
  return shown.length === 0 ? undefined : shown.join("\n\n");
}

/** A bundle holds text as one string, or as its lines. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.filter((line) => typeof line === "string").join("");
  return typeof value === "string" ? value : "";
}

/** Without empty lines around it; its first line keeps no padding behind the title. */
function trimmed(text: string): string {
  return text
    .replace(/^[ \t]+(?=\S)/, "")
    .replace(/^\s*\n/, "")
    .trimEnd();
}

function bounded(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most)}\n…`;
}

function fenced(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function inline(text: string): string {
  const ticks = "`".repeat(longestTicks(text) + 1);
  // A space on both sides is dropped again, and keeps ticks of the text apart.
  const pad = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

function longestTicks(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
