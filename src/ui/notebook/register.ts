// Notebooks: controllers, the runner of each open notebook, and the commands on them.
import * as vscode from "vscode";
import type { Server } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import type { AppContext } from "../context";
import { noteKernelPicked } from "../contextKeys";
import { reporting } from "../report";
import { StartOffers } from "../servers/startOffers";
import { outputsWritten } from "./output/cellSink";
import { Controllers } from "./picker/controllers";
import type { KernelTarget } from "./facts/target";
import { watchRenderers } from "./output/drawingHints";
import { registerEditingHelp } from "./language/editingHelp";
import { watchFirstDrawing } from "./output/firstDrawing";
import { KernelLanguages } from "./picker/kernelLanguage";
import { KernelStatusBar } from "./status/kernelStatus";
import type { KernelStatusView } from "./status/kernelStatusText";
import { lateOutputShown } from "./output/lateOutput";
import { watchOutputs } from "./output/outputWatch";
import { Rereads } from "./document/reread";
import { runMetadata } from "./facts/runMetadata";
import { NotebookRunner } from "./run/runner";
import { selectController, selectUnlessSelected } from "./picker/selectKernel";
import { ServerFolders } from "./serverFolders";
import { Suspensions } from "./document/suspensions";

/** The open notebooks and their runners. */
export interface Notebooks {
  readonly controllers: Controllers;
  /** Whether the notebook has a kernel that lives, as far as is known. */
  hasKernel(notebook: vscode.NotebookDocument): boolean;
  /** The situation of the notebook's kernel; undefined where it has none of a hub. */
  statusOf(notebook: vscode.NotebookDocument): KernelStatusView | undefined;
  /** The target of the notebook's kernel, running or not. @throws ProductError `usage` where that is none of a hub */
  targetOf(notebook: vscode.NotebookDocument): KernelTarget;
  /** As `targetOf`; undefined where it is none of a hub. */
  currentTargetOf(notebook: vscode.NotebookDocument): KernelTarget | undefined;
  /**
   * Starts a kernel for the notebook where it has none, and its server where that is stopped.
   * @param earlierPath of its session, before it got another name
   */
  start(notebook: vscode.NotebookDocument, earlierPath?: string): Promise<void>;
  /** Interrupts the notebook's running cell; where that does not help, the user is notified. */
  interrupt(notebook: vscode.NotebookDocument): Promise<void>;
  /** Makes a new connection to the notebook's kernel now. */
  reconnect(notebook: vscode.NotebookDocument): Promise<void>;
  /** Restarts the notebook's kernel; its cells can be run again when this resolves. */
  restart(notebook: vscode.NotebookDocument): Promise<void>;
  /** Sets where the notebook's folder is on its server: asks, unless that is `given`. @throws ProductError `usage`, `not-found` */
  setServerFolder(notebook: vscode.NotebookDocument, given?: string): Promise<void>;
  /**
   * Selects a kernel that nobody has chosen: its language is the notebook's only once a cell is run.
   * @param options `unlessSelected`: not where the notebook, which is in front, has a kernel of whatever extension
   * @throws ProductError as `selectController`
   */
  propose(
    editor: vscode.NotebookEditor,
    controller: vscode.NotebookController,
    options?: { readonly unlessSelected: boolean },
  ): Promise<void>;
  /** Shuts the notebook's kernel down. */
  shutDown(notebook: vscode.NotebookDocument): Promise<void>;
  /** The notebook is closed, or renamed: resolves when its runs can be resumed elsewhere. */
  release(notebook: vscode.NotebookDocument): Promise<void>;
  /** As `release`, of a notebook that is about to be renamed, which may fail. */
  suspend(notebook: vscode.NotebookDocument): Promise<void>;
  /** The rename has failed: resumes the runs. Resolves when the kernel is connected, or cannot be. */
  resume(notebook: vscode.NotebookDocument): Promise<void>;
  /** The window is being closed, or reloaded: runs go on without it, and the next window resumes them. */
  leave(): Promise<void>;
}

export function registerNotebooks(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): Notebooks {
  const runners = new Map<vscode.NotebookDocument, NotebookRunner>();
  const status = new KernelStatusBar(app, (notebook) => runners.get(notebook));
  const help = registerEditingHelp(app, (notebook) => runners.get(notebook));
  const runnerOf = (notebook: vscode.NotebookDocument): NotebookRunner => {
    const connected = (server: Server): void => void reporting(app, "The offer of a folder", () => serverFolders.offer(notebook, server));
    const changed = (): void => {
      status.update(notebook);
      help.update(notebook);
    };
    const runner = runners.get(notebook) ?? new NotebookRunner(app, notebook, changed, connected, () => give(notebook));
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
  const languages = new KernelLanguages(app.log);
  /** Notebooks for which a kernel is being selected that nobody has chosen. */
  const proposed = new WeakSet<vscode.NotebookDocument>();
  const controllers = new Controllers(app, {
    execute: (cells, notebook, target, controller) =>
      reporting(app, "The run of cells", async () => {
        if (suspensions.of(notebook)) await suspensions.resume(notebook);
        await rereads.settled(notebook);
        languages.adopt(notebook, target.spec);
        await runnerOf(notebook).run(cells, target, controller);
      }),
    select: (notebook, target, controller) => {
      suspensions.end(notebook);
      const runner = runnerOf(notebook);
      if (proposed.has(notebook)) languages.follow(notebook, target.spec);
      else languages.adopt(notebook, target.spec);
      status.follow(notebook, target);
      runner.elsewhere.resume(target, controller);
      if (target.running) void app.runningKernels.keep(target.running);
      void offers.picked(notebook, target.server);
      noteKernelPicked();
    },
    deselect: (notebook) => {
      suspensions.end(notebook);
      runners.get(notebook)?.abandon();
      runners.delete(notebook);
      status.unfollow(notebook);
      languages.unfollow(notebook);
      runMetadata(notebook).forgetKernel();
    },
  });
  const leaving = new WeakMap<vscode.NotebookDocument, Promise<void>>();
  /** Resolves when the cells of a notebook that was left do not run any more to VS Code. */
  const closing = new WeakMap<vscode.NotebookDocument, Promise<void>>();
  /** Notebooks whose runs another window has: they get back what they had when somebody comes to them. */
  const given = new WeakSet<vscode.NotebookDocument>();
  const give = (notebook: vscode.NotebookDocument): void => {
    given.add(notebook);
    void suspensions.suspend(notebook);
  };
  const leave = (notebook: vscode.NotebookDocument): Promise<void> => {
    const runner = runners.get(notebook);
    if (!runner) return leaving.get(notebook) ?? Promise.resolve();
    runners.delete(notebook);
    status.unfollow(notebook);
    // Unsaved changes go with the document; runs can still be resumed.
    if (!given.has(notebook)) runner.saved(runner.settled);
    closing.set(notebook, runner.closed());
    const left = runner.leave();
    leaving.set(notebook, left);
    return left;
  };
  const release = (notebook: vscode.NotebookDocument): Promise<void> => {
    suspensions.end(notebook);
    return leave(notebook);
  };
  const suspensions = new Suspensions({
    of: (notebook) => {
      const target = status.targetOf(notebook);
      return target && { target, kernelId: app.notebookSessions.get(notebook.uri.toString())?.kernel.id };
    },
    leave,
    resume: async (notebook, { target }) => {
      given.delete(notebook);
      await closing.get(notebook);
      await lateOutputShown(notebook.getCells());
      const controller = controllers.of(target);
      if (!controller || notebook.isClosed) return;
      const runner = runnerOf(notebook);
      status.follow(notebook, target);
      runner.elsewhere.resume(target, controller);
    },
    connect: async (notebook, { target, kernelId }) => {
      try {
        if (kernelId !== undefined) await runners.get(notebook)?.attach(target, kernelId);
      } catch (error) {
        app.log.warn(`${notebook.uri.path} did not get its kernel back`, error);
      }
    },
  });
  const rereads = new Rereads({
    log: app.log,
    runnerOf: (notebook) => runners.get(notebook),
    takeUp: async (notebook) => {
      const runner = runners.get(notebook);
      const target = status.targetOf(notebook);
      const controller = target && controllers.of(target);
      if (!runner || !controller) return;
      // Unsaved changes were taken back.
      runner.saved(runner.settled);
      const closed = runner.closed();
      await runner.leave();
      await closed;
      if (runners.get(notebook) !== runner) return; // closed, or with another kernel
      runners.delete(notebook);
      runnerOf(notebook).elsewhere.resume(target, controller);
    },
  });
  /** The runs whose outcome a save under way will hold. */
  const saving = new Map<vscode.NotebookDocument, readonly string[]>();
  // A user who comes to a notebook may choose its kernel next, or run a cell.
  const look = (editor = vscode.window.activeNotebookEditor): void => {
    if (!editor) return;
    void app.runningKernels.refreshIfOld();
    if (given.has(editor.notebook)) void reporting(app, "The reconnection of a notebook", () => suspensions.reconnect(editor.notebook));
    app.notebookSessions.wake(editor.notebook.uri.toString());
  };
  look();
  subscriptions.push(
    vscode.window.onDidChangeActiveNotebookEditor((editor) => editor && look(editor)),
    vscode.window.onDidChangeWindowState(({ active }) => active && look()),
    offers,
    languages,
    controllers,
    status,
    rereads,
    watchOutputs(),
    watchFirstDrawing(),
    watchRenderers(),
    help,
    vscode.workspace.onDidCloseNotebookDocument((notebook) => void release(notebook)),
    vscode.workspace.onWillSaveNotebookDocument((event) => {
      saving.set(event.notebook, runners.get(event.notebook)?.settled ?? []);
      // A save after a delay comes in the middle of a run as well; what the kernel is is written with the first number then.
      const isAsked = event.reason !== vscode.TextDocumentSaveReason.AfterDelay;
      event.waitUntil(
        Promise.all([runners.get(event.notebook)?.written(), outputsWritten(event.notebook), runMetadata(event.notebook).written(isAsked)]),
      );
    }),
    vscode.workspace.onDidSaveNotebookDocument((notebook) => {
      runners.get(notebook)?.saved(saving.get(notebook) ?? []);
      saving.delete(notebook);
    }),
  );
  const currentTargetOf = (notebook: vscode.NotebookDocument): KernelTarget | undefined =>
    status.targetOf(notebook) ?? suspensions.of(notebook)?.target;
  const targetOf = (notebook: vscode.NotebookDocument): KernelTarget => {
    const target = currentTargetOf(notebook);
    if (!target) throw new ProductError("usage", "Choose a kernel of a hub for this notebook first.");
    return target;
  };
  /** Does what a user asks of a kernel; of one that was let go, when it is back. */
  const onKernel = async <T>(notebook: vscode.NotebookDocument, work: () => Promise<T>): Promise<T> => {
    await suspensions.reconnect(notebook);
    return work();
  };
  const interrupt = async (notebook: vscode.NotebookDocument): Promise<void> => {
    const runner = runners.get(notebook);
    if (runner && (runner.isConnecting || !runner.isAtRest)) await runner.interrupt();
    // The running cell was begun in another window, or by another client.
    else if (app.notebookSessions.get(notebook.uri.toString())) await app.notebookSessions.interrupt(notebook.uri.toString());
  };
  const reconnect = async (notebook: vscode.NotebookDocument): Promise<void> => {
    const target = status.targetOf(notebook);
    const controller = target && controllers.of(target);
    if (target && controller && (await runnerOf(notebook).elsewhere.takeOver(target, controller))) return;
    await app.notebookSessions.reconnect(notebook.uri.toString());
  };
  return {
    controllers,
    hasKernel: (notebook) =>
      app.notebookSessions.get(notebook.uri.toString()) !== undefined || suspensions.of(notebook)?.kernelId !== undefined,
    statusOf: (notebook) => status.of(notebook),
    targetOf,
    currentTargetOf,
    start: (notebook, earlierPath) => onKernel(notebook, () => runnerOf(notebook).start(targetOf(notebook), earlierPath)),
    interrupt: (notebook) => onKernel(notebook, () => interrupt(notebook)),
    reconnect: (notebook) => onKernel(notebook, () => reconnect(notebook)),
    restart: (notebook) => onKernel(notebook, () => runnerOf(notebook).restart()),
    setServerFolder: (notebook, given) => onKernel(notebook, () => serverFolders.set(notebook, targetOf(notebook).server, given)),
    shutDown: (notebook) => onKernel(notebook, () => shutDown(notebook)),
    release,
    suspend: (notebook) => suspensions.suspend(notebook),
    resume: (notebook) => suspensions.reconnect(notebook),
    propose: async (editor, controller, { unlessSelected } = { unlessSelected: false }) => {
      const { notebook } = editor;
      proposed.add(notebook);
      const selecting = unlessSelected ? selectUnlessSelected(controller) : selectController(editor, controller);
      await selecting.finally(() => proposed.delete(notebook));
    },
    leave: async () => {
      await Promise.all([...runners.values()].map((runner) => runner.leave()));
      runners.clear();
    },
  };
}
