// Notebooks: controllers, the runner of each open notebook, and the commands on them.
import * as vscode from "vscode";
import type { AppContext } from "../context";
import { noteKernelPicked } from "../contextKeys";
import { StartOffers } from "../servers/startOffers";
import { updatesWritten } from "./cellSink";
import { Controllers } from "./controllers";
import { NotebookRunner } from "./runner";

/** The open notebooks and what runs them. */
export interface Notebooks {
  readonly controllers: Controllers;
  /** Restarts the notebook's kernel. */
  restart(notebook: vscode.NotebookDocument): Promise<void>;
  /** Shuts the notebook's kernel down. */
  shutDown(notebook: vscode.NotebookDocument): Promise<void>;
  /** The window is being closed, or reloaded: what runs goes on without it, and is taken up by the next. */
  leave(): Promise<void>;
}

export function registerNotebooks(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): Notebooks {
  const runners = new Map<vscode.NotebookDocument, NotebookRunner>();
  const runnerOf = (notebook: vscode.NotebookDocument): NotebookRunner => {
    const runner = runners.get(notebook) ?? new NotebookRunner(app, notebook);
    runners.set(notebook, runner);
    return runner;
  };
  const end = (notebook: vscode.NotebookDocument): void => {
    runners.get(notebook)?.dispose();
    runners.delete(notebook);
  };
  const offers = new StartOffers(app);
  const controllers = new Controllers(app, {
    execute: (cells, notebook, target, controller) => runnerOf(notebook).run(cells, target, controller),
    interrupt: async (notebook) => runners.get(notebook)?.interrupt(),
    select: (notebook, target, controller) => {
      runnerOf(notebook).resume(target, controller);
      if (target.running) void app.runningKernels.keep(target.running);
      void offers.picked(notebook, target.server);
      noteKernelPicked();
    },
    deselect: (notebook) => {
      runners.get(notebook)?.abandon();
      runners.delete(notebook);
    },
  });
  /** The runs that a save under way will hold. */
  const saving = new Map<vscode.NotebookDocument, readonly string[]>();
  // Who has a notebook before them may choose its kernel next.
  const look = (editor: vscode.NotebookEditor | undefined): void => {
    if (editor) void app.runningKernels.look();
  };
  look(vscode.window.activeNotebookEditor);
  subscriptions.push(
    vscode.window.onDidChangeActiveNotebookEditor(look),
    offers,
    controllers,
    vscode.workspace.onDidCloseNotebookDocument((notebook) => {
      // What was not saved goes with the document; what runs can still be taken up.
      const runner = runners.get(notebook);
      runner?.saved(runner.settled);
      end(notebook);
    }),
    vscode.workspace.onWillSaveNotebookDocument((event) => {
      saving.set(event.notebook, runners.get(event.notebook)?.settled ?? []);
      event.waitUntil(updatesWritten(event.notebook));
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      runners.get(notebook)?.saved(saving.get(notebook) ?? []);
      saving.delete(notebook);
    }),
  );
  return {
    controllers,
    restart: (notebook) => runnerOf(notebook).restart(),
    shutDown: (notebook) => runnerOf(notebook).shutDown(),
    leave: async () => {
      await Promise.all([...runners.values()].map((runner) => runner.leave()));
      runners.clear();
    },
  };
}
