// Notebooks: controllers, the runner of each open notebook, and the commands on them.
import * as vscode from "vscode";
import type { Server } from "../../app/server";
import { ConnectError } from "../../base/errors";
import type { AppContext } from "../context";
import { noteKernelPicked } from "../contextKeys";
import { reporting } from "../report";
import { StartOffers } from "../servers/startOffers";
import { outputsWritten } from "./cellSink";
import { Controllers, type KernelTarget } from "./controllers";
import { watchRenderers } from "./drawingHints";
import { registerEditingHelp } from "./editingHelp";
import { watchFirstDrawing } from "./firstDrawing";
import { KernelStatusBar } from "./kernelStatus";
import type { KernelStatus } from "./kernelStatusText";
import { watchOutputs } from "./outputWatch";
import { NotebookRunner } from "./runner";
import { ServerFolders } from "./serverFolders";

/** The open notebooks and what runs them. */
export interface Notebooks {
  readonly controllers: Controllers;
  /** Whether the notebook has a kernel that lives, as far as is known. */
  hasKernel(notebook: vscode.NotebookDocument): boolean;
  /** What the notebook's kernel does; undefined where it has none of a hub. */
  statusOf(notebook: vscode.NotebookDocument): KernelStatus | undefined;
  /** What the notebook's kernel is or will be. @throws ConnectError `not-found` where that is none of a hub */
  targetOf(notebook: vscode.NotebookDocument): KernelTarget;
  /** As `targetOf`; undefined where it is none of a hub. */
  currentTargetOf(notebook: vscode.NotebookDocument): KernelTarget | undefined;
  /**
   * Starts a kernel for the notebook where it has none, and its server where that is stopped.
   * @param earlierPath of its session, before it got another name
   */
  start(notebook: vscode.NotebookDocument, earlierPath?: string): Promise<void>;
  /** Interrupts what the notebook's kernel runs; where that does not help the person is told. */
  interrupt(notebook: vscode.NotebookDocument): Promise<void>;
  /** Makes a new connection to the notebook's kernel now. */
  reconnect(notebook: vscode.NotebookDocument): Promise<void>;
  /** Restarts the notebook's kernel; its cells can be run again when this resolves. */
  restart(notebook: vscode.NotebookDocument): Promise<void>;
  /** Sets where the notebook's folder is on its server: asks, unless that is `given`. @throws ConnectError `not-found` */
  setServerFolder(notebook: vscode.NotebookDocument, given?: string): Promise<void>;
  /** Shuts the notebook's kernel down. */
  shutDown(notebook: vscode.NotebookDocument): Promise<void>;
  /** The notebook is closed, or has another name: resolves when what runs can be taken up by whoever has it then. */
  release(notebook: vscode.NotebookDocument): Promise<void>;
  /** The window is being closed, or reloaded: what runs goes on without it, and is taken up by the next. */
  leave(): Promise<void>;
}

export function registerNotebooks(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): Notebooks {
  const runners = new Map<vscode.NotebookDocument, NotebookRunner>();
  const status = new KernelStatusBar(app, (notebook) => runners.get(notebook));
  const runnerOf = (notebook: vscode.NotebookDocument): NotebookRunner => {
    const connected = (server: Server): void => void reporting(app, () => serverFolders.offer(notebook, server));
    const runner = runners.get(notebook) ?? new NotebookRunner(app, notebook, () => status.update(notebook), connected);
    runners.set(notebook, runner);
    return runner;
  };
  const shutDown = async (notebook: vscode.NotebookDocument): Promise<void> => {
    await runnerOf(notebook).shutDown();
    status.forgetEnd(notebook);
  };
  const serverFolders = new ServerFolders(app, async (notebook) => {
    await shutDown(notebook);
    await runnerOf(notebook).start(targetOf(notebook));
  });
  const offers = new StartOffers(app);
  const controllers = new Controllers(app, {
    execute: (cells, notebook, target, controller) => reporting(app, () => runnerOf(notebook).run(cells, target, controller)),
    select: (notebook, target, controller) => {
      const runner = runnerOf(notebook);
      status.follow(notebook, target);
      runner.resume(target, controller);
      if (target.running) void app.runningKernels.keep(target.running);
      void offers.picked(notebook, target.server);
      noteKernelPicked();
    },
    deselect: (notebook) => {
      runners.get(notebook)?.abandon();
      runners.delete(notebook);
      status.unfollow(notebook);
    },
  });
  const leaving = new WeakMap<vscode.NotebookDocument, Promise<void>>();
  const leave = (notebook: vscode.NotebookDocument): Promise<void> => {
    const runner = runners.get(notebook);
    if (!runner) return leaving.get(notebook) ?? Promise.resolve();
    runners.delete(notebook);
    status.unfollow(notebook);
    // What was not saved goes with the document; what runs can still be taken up.
    runner.saved(runner.settled);
    const left = runner.leave();
    leaving.set(notebook, left);
    return left;
  };
  /** The runs that a save under way will hold. */
  const saving = new Map<vscode.NotebookDocument, readonly string[]>();
  // Who has a notebook before them may choose its kernel next, or run a cell.
  const look = (editor = vscode.window.activeNotebookEditor): void => {
    if (!editor) return;
    void app.runningKernels.look();
    app.notebookSessions.wake(editor.notebook.uri.toString());
  };
  look();
  subscriptions.push(
    vscode.window.onDidChangeActiveNotebookEditor((editor) => editor && look(editor)),
    vscode.window.onDidChangeWindowState(({ active }) => active && look()),
    offers,
    controllers,
    status,
    watchOutputs(),
    watchFirstDrawing(),
    watchRenderers(),
    registerEditingHelp(app, (notebook) => runners.get(notebook)?.isAtRest ?? true),
    vscode.workspace.onDidCloseNotebookDocument((notebook) => void leave(notebook)),
    vscode.workspace.onWillSaveNotebookDocument((event) => {
      saving.set(event.notebook, runners.get(event.notebook)?.settled ?? []);
      event.waitUntil(Promise.all([runners.get(event.notebook)?.written(), outputsWritten(event.notebook)]));
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      runners.get(notebook)?.saved(saving.get(notebook) ?? []);
      saving.delete(notebook);
    }),
  );
  const targetOf = (notebook: vscode.NotebookDocument): KernelTarget => {
    const target = status.targetOf(notebook);
    if (!target) throw new ConnectError("not-found", "Choose a kernel of a hub for this notebook first.");
    return target;
  };
  return {
    controllers,
    hasKernel: (notebook) => app.notebookSessions.get(notebook.uri.toString()) !== undefined,
    statusOf: (notebook) => status.of(notebook),
    targetOf,
    currentTargetOf: (notebook) => status.targetOf(notebook),
    start: (notebook, earlierPath) => runnerOf(notebook).start(targetOf(notebook), earlierPath),
    interrupt: async (notebook) => runners.get(notebook)?.interrupt(),
    reconnect: (notebook) => app.notebookSessions.reconnect(notebook.uri.toString()),
    restart: (notebook) => runnerOf(notebook).restart(),
    setServerFolder: (notebook, given) => serverFolders.set(notebook, targetOf(notebook).server, given),
    shutDown,
    release: leave,
    leave: async () => {
      await Promise.all([...runners.values()].map((runner) => runner.leave()));
      runners.clear();
    },
  };
}
