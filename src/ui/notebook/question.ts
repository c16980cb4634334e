// A cell's question to the person: an input box that names the cell, and goes when nobody waits for the answer any more.
import * as vscode from "vscode";
import type { InputRequest } from "../../services/kernel/messages";
import { showInputBox } from "../say/boxes";

/** What became of a question. */
export type Answer = { readonly kind: "given"; readonly value: string } | { readonly kind: "dismissed" } | { readonly kind: "over" };

/**
 * Asks the person.
 * @param over settles when nobody waits for the answer any more
 */
export async function askFor(cell: vscode.NotebookCell, over: Promise<unknown>, { prompt, password }: InputRequest): Promise<Answer> {
  const closing = new vscode.CancellationTokenSource();
  const close = (): void => closing.cancel();
  over.then(close, close);
  try {
    const box = { title: `Input for cell ${cell.index + 1}`, prompt, password, ignoreFocusOut: true };
    const value = await showInputBox(box, closing.token);
    if (closing.token.isCancellationRequested) return { kind: "over" };
    return value === undefined ? { kind: "dismissed" } : { kind: "given", value };
  } finally {
    closing.dispose();
  }
}
