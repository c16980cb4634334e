// "Signing in…": a progress notification that shows while the hub is asked, and not while the user is.
import * as vscode from "vscode";
import { patience } from "../patience";
import { withProgress } from "../say/messages";

/** A notification with a cancel button that can be shown and hidden as work and questions alternate. */
export class BusyNotice implements vscode.Disposable {
  readonly #title: string;
  readonly #cancelled = new AbortController();
  #hide: (() => void) | undefined;

  constructor(title: string) {
    this.#title = title;
    this.#show();
  }

  /** Aborts when the user cancels. */
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

  /**
   * Shows it where the work takes long. Not for every instant between two questions: of several notifications within
   * 800 ms VS Code puts only the first on the screen, and the notification at the end would be missing.
   */
  #show(): void {
    const where = { location: vscode.ProgressLocation.Notification, title: this.#title, cancellable: true };
    let end: (() => void) | undefined;
    const hidden = new Promise<void>((resolve) => (end = resolve));
    const timer = setTimeout(() => {
      void withProgress(where, (_, cancellation) => {
        cancellation.onCancellationRequested(() => this.#cancelled.abort());
        return hidden;
      });
    }, patience);
    this.#hide = () => {
      clearTimeout(timer);
      end?.();
    };
  }
}
