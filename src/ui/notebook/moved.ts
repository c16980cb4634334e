// Open notebooks that get another name or place, or their first one: to VS Code they are others then; they keep their kernel, and what runs goes on.
import * as vscode from "vscode";
import { delay } from "../../base/async";
import type { AppContext } from "../context";
import type { KernelTarget } from "./controllers";
import { FirstSaves } from "./firstSave";
import { journalKey } from "./journalKey";
import type { Notebooks } from "./register";
import { selectController } from "./selectKernel";

/** One notebook on its way. */
interface Move {
  readonly notebook: vscode.NotebookDocument;
  readonly to: vscode.Uri;
  readonly target: KernelTarget;
  /** Of the session that it has; undefined where it has no kernel yet. */
  readonly path: string | undefined;
  readonly isDirty: boolean;
}

/** Milliseconds that VS Code may take to bring what was not saved into the renamed notebook; it tells nobody of that. */
const carrying = 5_000;

/** The notebooks that are on their way. */
export interface Moves {
  /** Whether the notebook of this URI is an open one under a new name, which gets its kernel back by itself. */
  has(uri: vscode.Uri): boolean;
  /** Whether this is one that is on its way to another name. */
  isLeaving(notebook: vscode.NotebookDocument): boolean;
}

/** Follows renames by VS Code, whoever asked for them; ends with `subscriptions`. */
export function registerMoves(app: AppContext, notebooks: Notebooks, subscriptions: vscode.ExtensionContext["subscriptions"]): Moves {
  /** Those that are to be renamed, by what they are called then. */
  const coming = new Map<string, Move>();
  /** Those that are renamed, and were not shown under their new names yet. */
  const under = new Map<string, Move>();
  const arriving = new Set<string>();

  const leave = async (key: string, move: Move): Promise<void> => {
    const { notebook, to } = move;
    // The document of the old name may stay for minutes: whoever opened it by a program still holds it.
    await notebooks.release(notebook);
    app.journals.move(journalKey(notebook.uri, app.windowName), journalKey(to, app.windowName));
    under.set(key, move);
    coming.delete(key);
    await arrive();
  };
  const arrive = async (): Promise<void> => {
    for (const [key, { target, path, isDirty }] of [...under]) {
      const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook.uri.toString() === key);
      const controller = notebooks.controllers.of(target);
      if (!editor || !controller || arriving.has(key)) continue;
      arriving.add(key);
      try {
        // What is taken up before would be shown beside what is brought.
        for (const end = Date.now() + carrying; isDirty && !editor.notebook.isDirty && Date.now() < end; ) await delay(20);
        await selectController(editor, controller);
        if (path !== undefined) await notebooks.start(editor.notebook, path);
      } finally {
        arriving.delete(key);
        under.delete(key);
      }
    }
  };
  const moveOf = (notebook: vscode.NotebookDocument): Omit<Move, "to"> | undefined => {
    const target = notebooks.currentTargetOf(notebook);
    return target && { notebook, target, path: app.notebookSessions.get(notebook.uri.toString())?.session.path, isDirty: notebook.isDirty };
  };
  const log = (error: unknown): void => app.log.warn("A renamed notebook did not get its kernel back", error);

  const firstSaves = new FirstSaves(
    app.notebookSessions,
    (notebook) => (notebooks.hasKernel(notebook) ? moveOf(notebook) : undefined),
    (known, { uri }) => {
      const key = uri.toString();
      const move = { ...known, to: uri, isDirty: false };
      coming.set(key, move);
      leave(key, move).catch(log);
    },
  );

  subscriptions.push(
    firstSaves,
    vscode.workspace.onWillRenameFiles((event) => {
      const { files } = event;
      for (const notebook of vscode.workspace.notebookDocuments) {
        const to = newUri(notebook.uri, files);
        const move = to && moveOf(notebook);
        if (move) coming.set(to.toString(), { ...move, to });
      }
      // An output that came to the old name after the rename would be saved under it: there would be two files.
      const leaving = [...coming.values()].filter(({ notebook }) => newUri(notebook.uri, files)).map(({ notebook }) => notebooks.release(notebook));
      event.waitUntil(Promise.all(leaving));
    }),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const [key, move] of coming) {
        if (newUri(move.notebook.uri, files)?.toString() !== key) continue;
        leave(key, move).catch(log);
      }
    }),
    vscode.window.onDidChangeVisibleNotebookEditors(() => void arrive().catch(log)),
  );
  return {
    has: (uri) => coming.has(uri.toString()) || under.has(uri.toString()),
    isLeaving: (notebook) => firstSaves.isBecoming(notebook) || [...coming.values(), ...under.values()].some((move) => move.notebook === notebook),
  };
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
