// Input box for a cell's `input()`: it names the cell, and is closed when nobody waits for the answer any more.
import * as vscode from "vscode";
import { messageOf } from "../../../base/errors";
import type { InputRequest } from "../../../services/kernel/messages";
import { showInputBox } from "../../say/boxes";
import { showErrorMessage } from "../../say/messages";
import { windowIsShown } from "../facts/journalKey";

/** The outcome of an input request. */
type Answer = { readonly kind: "given"; readonly value: string } | { readonly kind: "dismissed" } | { readonly kind: "over" };

/** State and actions of the notebook's runner. */
export interface Asking {
  /** The window is being closed. */
  readonly isLeaving: () => boolean;
  readonly interrupt: () => Promise<void>;
}

/**
 * Passes the kernel's question on; dismissing it is an interrupt, not an empty answer.
 * @param over settles when nobody waits for the answer any more
 */
export async function answerOf(
  cell: vscode.NotebookCell,
  over: Promise<unknown>,
  request: InputRequest,
  reply: (value: string) => void,
  { isLeaving, interrupt }: Asking,
): Promise<void> {
  const answer = await askFor(cell, over, request);
  if (answer.kind === "given") reply(answer.value);
  if (answer.kind !== "dismissed") return;
  try {
    // A window that is being closed dismisses its input boxes. That is no answer of the user's: the next window asks again.
    await windowIsShown();
    if (!isLeaving()) await interrupt();
  } catch (error) {
    if (isLeaving() || error instanceof vscode.CancellationError) return;
    void showErrorMessage(messageOf(error));
  }
}

async function askFor(cell: vscode.NotebookCell, over: Promise<unknown>, { prompt, password }: InputRequest): Promise<Answer> {
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
