// First save of an untitled notebook: VS Code writes a file, opens that and closes the untitled one, and reports it neither as a
// rename nor as a copy.
import * as vscode from "vscode";
import type { NotebookSessions } from "../../../app/notebooks/notebookSessions";
import { notebookType } from "../facts/target";

/** Milliseconds between the opening of the one and the closing of the other, in whatever order. */
const together = 10_000;

interface Source<T> {
  readonly what: T;
  /** In milliseconds since the epoch; undefined while it is open. */
  closedAt: number | undefined;
}

/** Finds the file that an untitled notebook with a kernel has become. */
export class FirstSaves<T> implements vscode.Disposable {
  readonly #sources = new Map<vscode.NotebookDocument, Source<T>>();
  readonly #opened = new Map<vscode.NotebookDocument, number>();
  readonly #became: (what: T, notebook: vscode.NotebookDocument) => void;
  readonly #subscriptions: readonly { dispose(): void }[];

  /**
   * @param of reads the state of an untitled notebook before it is closed; undefined where it has no kernel
   * @param became called with that state and the notebook that the untitled one has become
   */
  constructor(
    sessions: Pick<NotebookSessions, "onDidChange">,
    of: (notebook: vscode.NotebookDocument) => T | undefined,
    became: (what: T, notebook: vscode.NotebookDocument) => void,
  ) {
    this.#became = became;
    this.#subscriptions = [
      sessions.onDidChange((key) => {
        const notebook = vscode.workspace.notebookDocuments.find((one) => one.isUntitled && one.uri.toString() === key);
        const what = notebook && of(notebook);
        if (notebook && what !== undefined) this.#sources.set(notebook, { what, closedAt: undefined });
      }),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => {
        if (!notebook.isUntitled && notebook.notebookType === notebookType && this.#sources.size > 0)
          this.#opened.set(notebook, Date.now());
        this.#match();
      }),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        const source = this.#sources.get(notebook);
        if (source) source.closedAt = Date.now();
        this.#match();
      }),
    ];
  }

  /** Whether the notebook was closed just now, and may turn out to be a file. */
  isBecoming(notebook: vscode.NotebookDocument): boolean {
    return this.#sources.has(notebook);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #match(): void {
    const since = Date.now() - together;
    for (const [notebook, at] of [...this.#opened]) if (at < since || notebook.isClosed) this.#opened.delete(notebook);
    for (const [source, { what, closedAt }] of [...this.#sources]) {
      if (closedAt === undefined) continue;
      const now = [...this.#opened.keys()].find((notebook) => textsOf(notebook) === textsOf(source));
      if (now) this.#became(what, now);
      if (now || closedAt < since) this.#sources.delete(source);
    }
  }
}

/** What is written in its cells. */
export function textsOf(notebook: vscode.NotebookDocument): string {
  return JSON.stringify(notebook.getCells().map(({ document }) => document.getText()));
}
