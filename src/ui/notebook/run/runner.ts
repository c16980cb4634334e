// NotebookRunner: the running cells of one open notebook: their queue, their interrupt, and the runs to resume from the previous window.
import type * as vscode from "vscode";
import type { Journal } from "../../../app/notebooks/journals";
import { RunRecorder } from "../../../app/notebooks/runRecorder";
import type { RunningCell } from "../../../app/kernels/kernelSituation";
import type { Server } from "../../../app/servers/server";
import { Deferred, SerialQueue } from "../../../base/async";
import { ProductError } from "../../../base/errors";
import { DisplayIds } from "../../../notebook/outputs/displayIds";
import type { CellExecution } from "../../../notebook/run/execution";
import { ExecutionQueue, type QueuedRun } from "../../../notebook/run/executionQueue";
import type { Interruption } from "../../../notebook/run/interruption";
import type { JournaledRun } from "../../../notebook/run/journal";
import type { ExecutingKernel } from "../../../notebook/run/run";
import type { AppContext } from "../../context";
import { readSetting } from "../../settings";
import { asked } from "./asked";
import { Cancellations } from "./cancellation";
import { clearRunQuietly, createCellRun, queuedRun, recallRun, type CellToRun, type RunPlace, type RunSource } from "./cellRun";
import type { KernelTarget } from "../facts/target";
import { displacedRuns, identityOf, inBatches, isOfAnother, type DisplacedRuns, type Recorded } from "./earlierRuns";
import { Elsewhere } from "../document/elsewhere";
import { noteGap } from "../notices/gapNotice";
import { BatchedCalls } from "../output/batchedCalls";
import { journalKey } from "../facts/journalKey";
import { LastRuns } from "./lastRuns";
import { lateOutputShown } from "../output/lateOutput";
import { kernelChanged, tellLostVariables } from "../notices/lostVariables";
import { OpenRuns } from "./openRuns";
import { NotebookConnector } from "./notebookConnector";
import { answerOf } from "./inputBox";
import { runMetadata } from "../facts/runMetadata";
import { interruptionOf } from "../notices/stuckNotice";

/** Runs the cells of one notebook in their order, and always settles them. */
export class NotebookRunner implements vscode.Disposable {
  readonly #app: AppContext;
  readonly #notebook: vscode.NotebookDocument;
  readonly #changed: () => void;
  readonly #queue: ExecutionQueue;
  readonly #journal: Journal;
  readonly #recorder: RunRecorder;
  readonly #key: string;
  readonly #kernel: NotebookConnector;
  /** Runs that other windows have recorded. */
  readonly elsewhere: Elsewhere;
  /** The kernel of the previous window, for its runs. */
  #earlierKernel: string | undefined;
  readonly #displayIds = new DisplayIds();
  readonly #gathered: BatchedCalls;
  readonly #open = new OpenRuns();
  readonly #last = new LastRuns();
  /** Runs that were open when the connection was lost the last time. */
  #openAtBreak: readonly CellExecution[] = [];
  readonly #interruption: Interruption;
  readonly #cancellations: Cancellations;
  /** Serialises requests to run: each waits until no late output of its cells is being shown. */
  readonly #asked = new SerialQueue();
  #batch = 0;
  #leaving = false;

  /**
   * @param changed called when `running` or `isConnecting` may have changed
   * @param connected called when it has a kernel in the session of its own path
   * @param wanted called when the user wants the runs in another window: `leave` is to be called
   */
  constructor(
    app: AppContext,
    notebook: vscode.NotebookDocument,
    changed: () => void,
    connected: (server: Server) => void,
    wanted: () => void,
  ) {
    this.#app = app;
    this.#notebook = notebook;
    this.#changed = changed;
    this.#queue = new ExecutionQueue({ log: app.log, handsOver: () => readSetting("runQueue") === "kernel" });
    this.#journal = app.journals.of(journalKey(notebook.uri, app.windowName), wanted);
    this.elsewhere = new Elsewhere({
      ...{ app, notebook, journal: this.#journal },
      isAtRest: () => this.isAtRest,
      takeUp: (recorded, target, controller) => this.#takeUp(recorded, target, controller),
    });
    this.#recorder = new RunRecorder(this.#journal);
    this.#gathered = new BatchedCalls(app.log);
    const key = (this.#key = notebook.uri.toString());
    this.#kernel = new NotebookConnector({
      ...{ app, notebook, earlierPath: this.#journal.kernel?.path, changed, connected },
      adopted: ({ kernel: own, session }, { server, spec }) =>
        this.#recorder.follow(own, { server: server.id, spec: spec.name, path: session.path }),
      broke: () => (this.#openAtBreak = this.#open.runs),
      missed: (gap) => noteGap(gap, this.#openAtBreak),
      lostVariables: (lost) => void tellLostVariables(notebook, lost),
    });
    this.#cancellations = new Cancellations({
      ...{ notebook, log: app.log },
      takeBack: (run) => {
        const open = this.#open.of(run);
        return open === undefined || this.#queue.remove(open.queued);
      },
      isFirst: (run) => run.hasBegun || run === this.#open.runs[0],
      interrupt: () => this.interrupt(),
      isLeaving: () => this.#leaving,
    });
    const interrupt = (): Promise<void> => app.notebookSessions.interrupt(key);
    this.#interruption = interruptionOf(notebook, () => this.running?.number, interrupt);
  }

  /** The cell that the kernel has begun with; undefined where there is none, or it was deleted meanwhile. */
  get running(): RunningCell | undefined {
    return this.#open.running;
  }

  /** Whether the kernel is being waited for. */
  get isConnecting(): boolean {
    return this.#kernel.isConnecting;
  }

  /** Queues cells that were asked for together. Resolves when VS Code knows of their runs; rejects where it takes none. */
  run(cells: readonly vscode.NotebookCell[], target: KernelTarget, controller: vscode.NotebookController): Promise<void> {
    return this.#asked.run(async () => {
      await lateOutputShown(cells);
      // Runs of another window are shown here from now on, with their queue.
      await this.elsewhere.takeOver(target, controller, cells);
      this.#run(cells, target, controller);
    });
  }

  /** Resumes recorded runs: shows their recorded output, and goes on with those that are not over. */
  #takeUp({ kernel, taken, left }: Recorded, target: KernelTarget, controller: vscode.NotebookController): void {
    this.#app.log.info(`Taking up ${taken.length} runs of ${this.#notebook.uri.path}`);
    if (kernel) this.#kernel.takeOver(kernel);
    this.#earlierKernel = kernel?.kernelId;
    this.#recorder.takeOver(target.server.id);
    const stops = readSetting("stopOnError");
    const runs = taken.map(({ cell, earlier }) => {
      const source = { code: earlier.queued.code, stops, earlier, mayMiss: !left };
      return { earlier, run: this.#queued({ cell, id: earlier.queued.id }, source, { target, controller }) };
    });
    for (const { held, waiting } of inBatches(runs)) this.#queue.addHeld(held, waiting);
    this.#changed();
  }

  /** Takes queued cells back and interrupts the running one, without waiting for a kernel to be connected; the user hears where that fails. */
  async interrupt(): Promise<void> {
    this.#queue.clear();
    this.#kernel.abort(new ProductError("aborted", "Interrupted while waiting for the kernel."));
    if (this.#kernel.isConnecting || this.#open.size === 0) return;
    await this.#interruption.interrupt(Promise.all(this.#open.runs.map(({ outcome }) => outcome)));
  }

  /**
   * Sees to it that the notebook has a kernel, and its server runs.
   * @param earlierPath of its session, before the notebook got another name
   * @throws ProductError as `NotebookSessions.connect`
   */
  async start(target: KernelTarget, earlierPath?: string): Promise<void> {
    await this.elsewhere.settled;
    await this.#kernel.connect(target, target.running?.id, earlierPath);
  }

  /** Connects the notebook to a kernel that it had before. Nothing is started. @throws ProductError as `NotebookSessions.attach` */
  async attach(target: KernelTarget, kernelId: string): Promise<void> {
    await this.elsewhere.settled;
    await this.#kernel.connect(target, kernelId);
  }

  /** Restarts the kernel; running and queued cells end, and can be run again when this resolves. */
  async restart(): Promise<void> {
    this.#queue.clear();
    const closed = this.closed();
    await this.#app.notebookSessions.restart(this.#key);
    // To VS Code a cell runs until then, and one that runs is not run again.
    await closed;
  }

  /** Shuts the kernel down for everyone; running and queued cells end. */
  async shutDown(): Promise<void> {
    this.#queue.clear();
    await this.#app.notebookSessions.shutdown(this.#key);
  }

  /** Resolves when none of the cells that run or wait now does so to VS Code. */
  closed(): Promise<void> {
    return this.#open.closed();
  }

  /** Whether none of its cells runs, or waits to be run. */
  get isAtRest(): boolean {
    return this.#open.size === 0;
  }

  /** Resolves when all received output of its cells is in the document, for a save to have it; never rejects. */
  written(): Promise<void> {
    return this.#last.written(this.#open.runs.filter(({ hasBegun }) => !hasBegun));
  }

  /** The runs whose outcome a save that begins now will hold. */
  get settled(): readonly string[] {
    this.#gathered.flush();
    return this.#journal.settled;
  }

  /** The document was saved with the outcome of these runs. */
  saved(settled: readonly string[]): void {
    this.#journal.forget(settled);
  }

  /** The notebook has another kernel now: its runs here end, and cells that the old kernel has begun say so. */
  abandon(): void {
    for (const run of this.#open.runs) if (run.hasBegun) run.fail(kernelChanged());
    this.#queue.dispose();
    this.#journal.clear();
    this.dispose();
  }

  /** Runs whose cells are in the notebook no more; undefined where there are none. */
  get displaced(): DisplacedRuns | undefined {
    return displacedRuns(this.#notebook, this.#open.values(), () => this.#journal.read().runs);
  }

  /** The window is being closed, or reloaded. */
  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#recorder.leave();
    this.dispose();
  }

  /** The notebook, or the window, is closed: the kernel goes on with its cells, which are resumed later. */
  dispose(): void {
    this.elsewhere.dispose();
    this.#recorder.dispose();
    this.#kernel.abort();
    this.#queue.dispose();
    this.#gathered.dispose();
    this.#app.notebookSessions.close(this.#key);
  }

  #run(cells: readonly vscode.NotebookCell[], target: KernelTarget, controller: vscode.NotebookController): void {
    if (this.#open.size === 0 && isOfAnother(this.#journal.kernel, target)) this.#recorder.startAnew(target.server.id);
    const batch = (this.#batch = Math.max(Date.now(), this.#batch + 1));
    const { runs, blank } = asked(cells, this.#open.cells);
    for (const cell of blank) void clearRunQuietly(cell, controller, this.#app.log);
    const stops = readSetting("stopOnError");
    const queued: QueuedRun[] = [];
    try {
      for (const { cell, id, code } of runs) queued.push(this.#queued({ cell, id }, { code, stops }, { target, controller }));
    } catch (error) {
      // None is left waiting for a turn that does not come.
      for (const run of queued) run.cancel();
      throw error;
    }
    const recorded = runs.map(({ cell, id, code }) => ({ id, code, batch, cell: identityOf(cell) }));
    this.#recorder.queued(target.server.id, recorded);
    this.#queue.add(queued);
    this.#changed();
  }

  #queued({ cell, id }: CellToRun, source: RunSource, { target, controller }: RunPlace): QueuedRun {
    let begun = (): void => undefined;
    const closed = new Deferred<void>();
    const run = createCellRun(cell, source, {
      controller,
      displayIds: this.#displayIds,
      log: this.#app.log,
      gathered: this.#gathered,
      isLast: () => this.#open.size <= 1,
      connect: () => this.#connect(id, source.earlier, target),
      started: () => {
        this.#last.began(run);
        begun();
        this.#changed();
      },
      unwritten: () => this.#last.unwritten(run),
      closed: () => closed.resolve(),
      cancelled: () => this.#cancellations.add(run),
      ask: (request, reply) =>
        void answerOf(cell, run.outcome, request, reply, { isLeaving: () => this.#leaving, interrupt: () => this.interrupt() }),
    });
    const queued = queuedRun(run, (started) => void (begun = started));
    this.#open.add(run, { id, cell, queued }, closed.promise);
    void run.outcome.then((outcome) => {
      this.#open.remove(run);
      this.#recorder.settled(id, outcome);
      if (this.isAtRest) void this.written();
      this.#changed();
    });
    // Last: it may report a beginning and an end at once.
    recallRun(run, source);
    return queued;
  }

  async #connect(id: string, earlier: JournaledRun | undefined, target: KernelTarget): Promise<ExecutingKernel> {
    const running = earlier?.sent ? this.#earlierKernel : target.running?.id;
    const { kernel } = this.#kernel.present(target, running) ?? (await this.#kernel.connect(target, running));
    runMetadata(this.#notebook).describe(kernel, target.spec, this.#app.log);
    return this.#recorder.executing(kernel, id, earlier);
  }
}
