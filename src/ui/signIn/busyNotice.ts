// "Signing in…" while the hub is asked, and out of the way while the person is.
import * as vscode from "vscode";

/** A notification with a cancel button that can be shown and hidden as work and questions alternate. */
export class BusyNotice implements vscode.Disposable {
  readonly #title: string;
  readonly #cancelled = new AbortController();
  #hide: (() => void) | undefined;

  constructor(title: string) {
    this.#title = title;
    this.#show();
  }

  /** Aborts when the person cancels. */
  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  /** Hides the notice for as long as `question` is open. */
  async without<T>(question: () => Promise<T>): Promise<T> {
    this.dispose();
    try {
      return await question();
    } finally {
      this.#show();
    }
  }

  dispose(): void {
    this.#hide?.();
    this.#hide = undefined;
  }

  #show(): void {
    const where = { location: vscode.ProgressLocation.Notification, title: this.#title, cancellable: true };
    void vscode.window.withProgress(where, (_, cancellation) => {
      cancellation.onCancellationRequested(() => this.#cancelled.abort());
      return new Promise<void>((resolve) => (this.#hide = resolve));
    });
  }
}
