// Open notebooks that get another name or place: to VS Code they are others then; they keep their kernel, and what runs goes on.
import * as vscode from "vscode";
import type { AppContext } from "../context";
import type { KernelTarget } from "./controllers";
import type { Notebooks } from "./register";
import { journalKey } from "./runner";
import { selectController } from "./selectKernel";

/** One notebook on its way. */
interface Move {
  readonly notebook: vscode.NotebookDocument;
  readonly to: vscode.Uri;
  readonly target: KernelTarget;
  /** Whether it had its kernel already. */
  readonly isConnected: boolean;
}

/** Follows renames by VS Code, whoever asked for them; ends with `subscriptions`. */
export function registerMoves(app: AppContext, notebooks: Notebooks, subscriptions: vscode.ExtensionContext["subscriptions"]): void {
  /** Those that are to be renamed, by what they are called then. */
  const coming = new Map<string, Move>();
  /** Those that are renamed, and were not shown under their new names yet. */
  const under = new Map<string, Move>();

  const leave = async (key: string, move: Move): Promise<void> => {
    const { notebook, to } = move;
    // The document of the old name may stay for minutes: whoever opened it by a program still holds it.
    await notebooks.release(notebook);
    app.journals.move(journalKey(notebook.uri), journalKey(to));
    under.set(key, move);
    await arrive();
  };
  const arrive = async (): Promise<void> => {
    for (const [key, { target, isConnected }] of [...under]) {
      const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook.uri.toString() === key);
      const controller = notebooks.controllers.of(target);
      if (!editor || !controller || !under.delete(key)) continue;
      await selectController(editor, controller);
      if (isConnected) await notebooks.start(editor.notebook);
    }
  };
  const log = (error: unknown): void => app.log.warn("A renamed notebook did not get its kernel back", error);

  subscriptions.push(
    vscode.workspace.onWillRenameFiles(({ files }) => {
      for (const notebook of vscode.workspace.notebookDocuments) {
        const to = newUri(notebook.uri, files);
        const target = to && notebooks.currentTargetOf(notebook);
        if (target) coming.set(to.toString(), { notebook, to, target, isConnected: notebooks.hasKernel(notebook) });
      }
    }),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const [key, move] of coming) {
        if (newUri(move.notebook.uri, files)?.toString() !== key) continue;
        coming.delete(key);
        leave(key, move).catch(log);
      }
    }),
    vscode.window.onDidChangeVisibleNotebookEditors(() => void arrive().catch(log)),
  );
}

/** What a file is called after these renames, its own or that of a directory around it; undefined where it stays. */
function newUri(uri: vscode.Uri, files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): vscode.Uri | undefined {
  for (const { oldUri, newUri: target } of files) {
    if (uri.scheme !== oldUri.scheme || uri.authority !== oldUri.authority) continue;
    if (uri.path === oldUri.path) return target;
    if (uri.path.startsWith(`${oldUri.path}/`)) return target.with({ path: target.path + uri.path.slice(oldUri.path.length) });
  }
  return undefined;
}
