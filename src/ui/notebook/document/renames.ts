// Renames of open notebooks, the first save included: to VS Code the renamed one is another document; it keeps its kernel, and its
// runs are resumed.
import * as vscode from "vscode";
import { delay } from "../../../base/async";
import type { AppContext } from "../../context";
import { AnnouncedRenames, newUriOf, type RenameReports } from "../../files/announcedRenames";
import type { KernelTarget } from "../facts/target";
import { FirstSaves } from "./firstSave";
import { journalKey } from "../facts/journalKey";
import type { Notebooks } from "../register";
import { selectController } from "../picker/selectKernel";

/** One rename under way. */
interface Move {
  readonly notebook: vscode.NotebookDocument;
  readonly to: vscode.Uri;
  readonly target: KernelTarget;
  /** Path of its session; undefined where it has no kernel yet. */
  readonly path: string | undefined;
  readonly isDirty: boolean;
  /** Whether its journal is under the new name. */
  hasLeft?: boolean;
}

/** Milliseconds that VS Code may take to copy unsaved changes into the renamed notebook; there is no event for that. */
const carrying = 5_000;

/** The notebooks that are being renamed. */
export interface Moves {
  /** Whether the notebook of this URI is an open one under a new name, which gets its kernel back by itself. */
  has(uri: vscode.Uri): boolean;
  /** Whether this closed notebook goes on under another name. */
  isLeaving(notebook: vscode.NotebookDocument): Promise<boolean>;
}

/**
 * Follows renames by VS Code, whoever asked for them; ends with `subscriptions`. A notebook whose rename fails keeps its
 * kernel and its runs.
 */
export function registerMoves(
  app: AppContext,
  notebooks: Notebooks,
  renames: RenameReports,
  subscriptions: vscode.ExtensionContext["subscriptions"],
): Moves {
  /** Renamed notebooks that were not shown under their new names yet. */
  const under = new Map<string, Move>();
  const arriving = new Set<string>();

  const leave = async (move: Move): Promise<void> => {
    const { notebook, to } = move;
    under.set(to.toString(), move);
    // The document of the old name may stay for minutes: whoever opened it by a program still holds it.
    await notebooks.release(notebook);
    app.journals.move(journalKey(notebook.uri, app.windowName), journalKey(to, app.windowName));
    move.hasLeft = true;
    await arrive();
  };
  const arrive = async (): Promise<void> => {
    for (const [key, { target, path, isDirty, hasLeft }] of [...under]) {
      const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook.uri.toString() === key);
      const controller = notebooks.controllers.of(target);
      if (!hasLeft || !editor || !controller || arriving.has(key)) continue;
      arriving.add(key);
      try {
        // Runs resumed before that would be shown beside the outputs that VS Code copies.
        for (const end = Date.now() + carrying; isDirty && !editor.notebook.isDirty && Date.now() < end;) await delay(20);
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
  const log = (error: unknown): void => app.log.warn("A notebook did not get its kernel back after a rename", error);
  const announced = new AnnouncedRenames<Move>(renames, {
    succeeded: (move) => void leave(move).catch(log),
    failed: ({ notebook }) => {
      app.log.info(`${notebook.uri.path} was not renamed; it keeps its kernel`);
      notebooks.resume(notebook).catch(log);
    },
  });
  const firstSaves = new FirstSaves(
    app.notebookSessions,
    (notebook) => (notebooks.hasKernel(notebook) ? moveOf(notebook) : undefined),
    (known, { uri }) => void leave({ ...known, to: uri, isDirty: false }).catch(log),
  );

  subscriptions.push(
    firstSaves,
    announced,
    vscode.workspace.onWillRenameFiles((event) => {
      const leaving: Promise<void>[] = [];
      for (const notebook of vscode.workspace.notebookDocuments) {
        const to = newUriOf(notebook.uri, event.files);
        // One that is renamed again before the outcome of the first time is known has left its kernel.
        const move = to && (announced.of(notebook) ?? moveOf(notebook));
        if (!move) continue;
        announced.add({ ...move, to });
        leaving.push(notebooks.suspend(notebook));
      }
      // An output that came to the old name after the rename would be saved under it: there would be two files.
      event.waitUntil(Promise.all(leaving));
    }),
    vscode.window.onDidChangeVisibleNotebookEditors(() => void arrive().catch(log)),
  );
  return {
    has: (uri) => announced.has(uri) || under.has(uri.toString()),
    isLeaving: async (notebook) =>
      firstSaves.isBecoming(notebook) ||
      [...under.values()].some((move) => move.notebook === notebook) ||
      (await announced.isRenamed(notebook)),
  };
}
