// What a row says to whoever points at it, where that has to be asked for first.
import * as vscode from "vscode";
import { within } from "../../base/async";
import type { OnDemand } from "../../app/hubTree/onDemand";
import { kernelOf, type Row } from "../../app/hubTree/rows";
import { coresText, memoryText } from "./usageText";

/** Milliseconds that a pointing person waits; then they see what is known. */
const patience = 3_000;

/** Whether there is more to say of a row than its face knows. */
export function hasMore(row: Row): boolean {
  return row.kind === "server" ? row.server.state === "running" : kernelOf(row) !== undefined;
}

/** A row's text with what its server uses, or with its kernel's logo. */
export async function fullTooltip(row: Row, text: string, onDemand: OnDemand): Promise<vscode.MarkdownString | string> {
  if (row.kind === "server") {
    const usage = await within(onDemand.usage(row.server), patience);
    if (!usage) return text;
    const cores = coresText(usage);
    return [text, `Memory: ${memoryText(usage)}`, ...(cores === undefined ? [] : [`CPU: ${cores}`])].join("\n");
  }
  const kernel = kernelOf(row);
  const logo = kernel && "server" in row ? await within(onDemand.logo(row.server, kernel.name), patience) : undefined;
  return logo === undefined ? text : withLogo(logo, text);
}

function withLogo(logo: string, text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(`![](${logo}|width=32,height=32)\n\n`);
  // Names and paths are somebody's words, not markup.
  for (const line of text.split("\n")) markdown.appendText(line).appendMarkdown("  \n");
  return markdown;
}
