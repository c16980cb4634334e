// Progress for slow work: a notification, with cancel, only where it takes long.
import * as vscode from "vscode";
import { delay } from "../base/async";
import { ProductError } from "../base/errors";
import { withProgress } from "./say/messages";

/** Milliseconds after which the progress notification shows. */
export const patience = 800;

/**
 * Runs `task`; where that takes long a notification says so and lets the user cancel.
 * @throws what `task` throws; ProductError `aborted` where the user cancelled and the task heeds its signal
 */
export async function withPatience<T>(title: string, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancelled = new AbortController();
  const result = task(cancelled.signal);
  const over = result.then(
    () => true,
    () => true,
  );
  if (await Promise.race([over, delay(patience).then(() => false)])) return result;
  const where = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  void withProgress(where, async (_, token) => {
    token.onCancellationRequested(() => cancelled.abort(new ProductError("aborted", "Cancelled.")));
    await over;
  });
  return result;
}
