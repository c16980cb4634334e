// Markdown for hovers: our own words with untrusted text in them, or a kernel's documentation.
import * as vscode from "vscode";
import { plain, withoutHidden } from "../../base/plain";
import { markup, type CommandLink } from "./linked";

/** Paragraphs of plain text, the first one bold; and a link that runs a command. */
export function paragraphs([first = "", ...rest]: readonly string[], link?: CommandLink): vscode.MarkdownString {
  const text = new vscode.MarkdownString([`**${escaped(first)}**`, ...rest.map(escaped)].join("\n\n"));
  if (link) {
    text.isTrusted = { enabledCommands: [link.command] };
    text.appendMarkdown(`\n\n${markup(link)}`);
  }
  return text;
}

/** Lines of plain text under a picture. @param picture its data URI */
export function pictured(picture: string, lines: readonly string[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(`![](${picture}|width=32,height=32)\n\n`);
  // Names and paths are somebody's words, not markup.
  for (const line of lines) markdown.appendText(plain(line)).appendMarkdown("  \n");
  return markdown;
}

/** A kernel's documentation as Markdown: it runs no command, and has no HTML and no icons. */
export function documentation(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(withoutHidden(markdown));
  text.isTrusted = false;
  text.supportHtml = false;
  text.supportThemeIcons = false;
  return text;
}

/** As it is in Markdown. `appendText` would keep long lines from being broken. */
function escaped(text: string): string {
  return plain(text).replaceAll(/[\\`*_{}[\]()#+\-.!~<>|&]/g, "\\$&");
}
