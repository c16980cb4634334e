// VS Code's cancellation tokens as AbortSignals.
import type * as vscode from "vscode";

/** A signal that aborts when `token` is cancelled. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
