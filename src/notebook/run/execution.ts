// One run of one cell, from queued to settled; it always settles.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute
import { Deferred } from "../../base/async";
import { hasCode, messageOf, type ProductError, type ErrorCode } from "../../base/errors";
import { nullLogger, type Logger } from "../../base/log";
import { contentOf, executeInputContent, statusContent, type ExecuteReply, type Message } from "../../services/kernel/messages";
import { systemClock, type Clock } from "../../base/clock";
import { CellOutputs } from "../outputs/cellOutputs";
import type { DisplayOwner } from "../outputs/displayIds";
import { ErrorReconciler } from "./errorReconciler";
import { failureName } from "./failureName";
import type { CellOutput } from "../outputs/output";
import type { OutputChange } from "../outputs/outputModel";
import { nextInputOf, pageOf } from "./payloads";
import { droppedNotice, rateLimitNotice } from "./rateLimit";
import type { CellExecutionHost, CellOutcome, CellRun, RecordedRun, ExecuteFuture, ExecutingKernel } from "./run";

/** Errors that end a kernel and its whole queue, so that one cell reports them for all. */
const endsQueue: readonly ErrorCode[] = ["kernel-dead", "kernel-restarted", "server-stopped", "evicted", "aborted", "disposed"];

/** Milliseconds that the end of a run waits for its last outputs to be written. */
const flushBound = 10_000;

/** One run of a cell. Its outputs go to the host's sink; the cell's previous outputs go when the run begins to have effect. */
export class CellExecution implements DisplayOwner {
  readonly cell: string;
  readonly #run: CellRun;
  readonly #connect: () => Promise<ExecutingKernel>;
  readonly #host: CellExecutionHost;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #outputs: CellOutputs;
  readonly #outcome = new Deferred<CellOutcome>();
  #state: "queued" | "running" | "settled" = "queued";
  #future: ExecuteFuture | undefined;
  #startTime: number | null = null;
  #executionCount: number | null = null;
  #hasOldOutputs = true;
  readonly #errors = new ErrorReconciler();
  #behind = false;

  /** @param connect gives the kernel when the run's turn comes; if it rejects, the reason becomes the cell's output */
  constructor(run: CellRun, connect: () => Promise<ExecutingKernel>, host: CellExecutionHost) {
    this.cell = run.cell;
    this.#run = run;
    this.#connect = connect;
    this.#host = host;
    this.#clock = host.clock ?? systemClock;
    this.#log = host.log ?? nullLogger;
    this.#outputs = new CellOutputs(this, host.displayIds, host.sink, {
      clock: this.#clock,
      log: this.#log,
      onUnwritten: () => host.onUnwritten?.(),
    });
  }

  /** Resolves when the run is over and the sink has been given all of its outputs; never rejects. */
  get outcome(): Promise<CellOutcome> {
    return this.#outcome.promise;
  }

  /** Whether an error in it leaves what was queued together with it. */
  get mayFail(): boolean {
    return this.#run.mayFail ?? false;
  }

  /** Whether the kernel has begun with it. */
  get hasBegun(): boolean {
    return this.#startTime !== null;
  }

  /**
   * Runs the cell, once; settles as `outcome`.
   * @param behind the kernel has another cell before it: the end of the kernel settles this one as not run, and that one says why
   * @param succeeded called when the kernel has answered that the code succeeded, before all output may be here
   */
  run(behind = false, succeeded: () => void = () => undefined): Promise<CellOutcome> {
    if (this.#state === "queued") {
      this.#state = "running";
      this.#behind = behind;
      void this.#execute(succeeded);
    }
    return this.outcome;
  }

  /**
   * Resumes a run that the previous window began: shows the recorded messages, and goes on from there when it is run. The
   * cell's present outputs are removed: they may be older.
   */
  recall({ messages, incomplete, settled }: RecordedRun): void {
    for (const { message, at } of messages) if (message.channel === "iopub") this.receive(message, at);
    if (incomplete) this.notice("There was more output than could be kept while the window was away; the rest of that time is missing.");
    if (settled) this.#settle(settled.success, settled.endTime);
  }

  /** Drops late output from now on: the cell is run again, or is gone. */
  forget(): void {
    this.#tell(() => this.#future?.dispose());
    this.#outputs.forget();
  }

  /** Settles as not run. A run that has begun keeps the outputs it has; the kernel is not interrupted. */
  cancel(): void {
    this.#settle(undefined);
  }

  /** Settles as failed, for a reason that is not the code's; shown output stays, and the kernel is not interrupted. */
  fail(error: ProductError): void {
    if (this.#isSettled()) return;
    this.#show(this.#outputs.model.fail(failureName(error), error.message));
    this.#settle(false);
    this.forget();
  }

  /**
   * Takes a message of this run: from its future, or one that came after its end. A faulty one is logged.
   * @param at when it was received, in milliseconds since the epoch
   */
  receive(message: Message, at = this.#clock.now()): void {
    try {
      this.#take(message, at);
    } catch (error) {
      this.#log.warn(`A message of a running cell was left out: ${messageOf(error)}`);
    }
  }

  /** Adds a line of our own to the cell's output: that, and when, some of its output may have been lost. */
  notice(text: string): void {
    const reply = this.#errors.missed();
    this.#show(this.#outputs.model.notice(text));
    if (reply) this.#showError(reply);
  }

  replace(output: CellOutput): void {
    this.#outputs.replace(output, this.#isSettled());
  }

  /** Somebody has removed outputs of this run from the cell: it goes on in fresh ones. */
  vanished(ids: readonly string[]): void {
    this.#outputs.vanished(ids, this.#isSettled());
  }

  /** Resolves when all received outputs are written; does not wait for more to come. */
  written(): Promise<void> {
    return this.#outputs.written();
  }

  async #execute(succeeded: () => void): Promise<void> {
    try {
      const kernel = await this.#connect();
      if (this.#isSettled()) return;
      this.#future = kernel.execute(
        this.#run.code,
        {
          onMessage: (message) => this.receive(message),
          onInput: (request, reply) => this.#host.onInput(request, reply),
          onReply: ({ status }) => {
            if (status === "ok") succeeded();
          },
          onDropped: () => this.notice(droppedNotice),
        },
        { cellId: this.#run.cellId, stopOnError: !this.mayFail },
      );
      this.#complete(await this.#future.done);
    } catch (error) {
      if (this.#isSettled()) return;
      if (this.#startTime === null && this.#behind && hasCode(error, ...endsQueue)) {
        this.#settle(undefined);
        return;
      }
      this.#log.warn("A cell's run failed", error);
      this.#show(this.#outputs.model.fail(failureName(error), messageOf(error)));
      this.#settle(false);
    }
  }

  #take(message: Message, at: number): void {
    switch (message.header.msg_type) {
      case "status":
        if (contentOf(message, statusContent).execution_state === "busy") this.#start(at);
        break;
      case "execute_input":
        this.#begin(at);
        this.#count(contentOf(message, executeInputContent).execution_count);
        break;
      default: {
        const heldBack = rateLimitNotice(message);
        if (heldBack !== undefined) {
          this.notice(heldBack);
          break;
        }
        const isError = message.header.msg_type === "error";
        if (isError && this.#errors.isShown(message)) break;
        const { changes, captured } = this.#outputs.changesOf(message);
        if (!captured && (isError || changes.length > 0)) this.#errors.output(isError);
        if (changes.length === 0) break;
        this.#show(changes);
      }
    }
  }

  #complete(reply: ExecuteReply): void {
    if (this.#isSettled()) return;
    if (reply.status === "aborted" || reply.status === "abort") {
      this.#settle(undefined);
      return;
    }
    this.#begin();
    this.#count(reply.execution_count);
    const lost = reply.status === "error" ? this.#errors.failed(reply) : undefined;
    if (lost) this.#showError(lost);
    const page = pageOf(reply);
    if (page) this.#show(this.#outputs.model.page(page));
    const next = nextInputOf(reply);
    if (next) this.#tell(() => this.#host.onNextInput?.(next));
    const isError = reply.status === "error";
    this.#settle(reply.status === "ok", this.#clock.now(), isError && this.mayFail);
  }

  #showError({ ename = "Error", evalue = "", traceback }: ExecuteReply): void {
    this.#show(this.#outputs.model.fail(ename, evalue, traceback));
  }

  #start(at: number): void {
    if (this.#startTime !== null || this.#isSettled()) return;
    const startTime = (this.#startTime = at);
    this.#tell(() => this.#host.onStart(startTime));
  }

  /** The old outputs stay until something happens, since an aborted request is busy for a moment too. */
  #begin(at = this.#clock.now()): void {
    this.#start(at);
    if (!this.#hasOldOutputs) return;
    this.#hasOldOutputs = false;
    this.#outputs.clear();
  }

  #show(changes: readonly OutputChange[]): void {
    this.#begin();
    this.#outputs.show(changes);
  }

  #count(count: number | null): void {
    if (count === null || count === this.#executionCount) return;
    this.#executionCount = count;
    this.#tell(() => this.#host.onExecutionCount(count));
  }

  #settle(success: boolean | undefined, endTime = this.#clock.now(), mayFail = false): void {
    if (this.#isSettled()) return;
    this.#state = "settled";
    const outcome = {
      success,
      executionCount: this.#executionCount,
      startTime: this.#startTime,
      endTime,
      ...(mayFail && { mayFail }),
    };
    // Output that threads and tasks send after the end is shown too.
    if (success === undefined) this.forget();
    const bound = this.#clock.after(flushBound, () => {
      this.#log.warn("A cell's last outputs are still not shown; it ends without them");
      this.#outcome.resolve(outcome);
    });
    void this.#outputs.flush().then(() => {
      bound.dispose();
      this.#outcome.resolve(outcome);
    });
  }

  /** A method, because the compiler cannot know that the state changes during a wait. */
  #isSettled(): boolean {
    return this.#state === "settled";
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error("A cell's run could not be reported", error);
    }
  }
}
