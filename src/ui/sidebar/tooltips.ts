// Tooltips of rows whose data has to be requested first.
import type * as vscode from "vscode";
import { within } from "../../base/async";
import { plainLines } from "../../base/plain";
import type { OnDemand } from "../../app/hubTree/onDemand";
import { kernelOf, type Row } from "../../app/hubTree/rows";
import { pictured } from "../say/markdown";
import { coresText, memoryText } from "./usageText";

/** Milliseconds that a pointing user waits; then they see what is known. */
const patience = 3_000;

/** Whether there is more to say of a row than its face knows. */
export function hasMore(row: Row): boolean {
  return row.kind === "server" ? row.server.state === "running" : kernelOf(row) !== undefined;
}

/** A row's text with what its server uses, or with its kernel's logo. */
export async function fullTooltip(row: Row, text: string, onDemand: OnDemand): Promise<vscode.MarkdownString | string> {
  if (row.kind === "server") {
    const usage = await within(onDemand.usage(row.server), patience);
    if (!usage) return plainLines(text);
    const cores = coresText(usage);
    return plainLines([text, `Memory: ${memoryText(usage)}`, ...(cores === undefined ? [] : [`CPU: ${cores}`])].join("\n"));
  }
  const kernel = kernelOf(row);
  const logo = kernel && "server" in row ? await within(onDemand.logo(row.server, kernel.name), patience) : undefined;
  return logo === undefined ? plainLines(text) : pictured(logo, text.split("\n"));
}
