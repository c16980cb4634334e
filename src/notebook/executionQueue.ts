// The queue of one notebook: one cell after the other, in the order they were asked for.
import type { Disposable } from "../base/disposable";
import { messageOf } from "../base/errors";
import { nullLogger, type Logger } from "../base/log";
import type { CellOutcome } from "./execution";

/** A run that waits for its turn. */
export interface QueuedRun {
  /** Runs; never rejects. */
  run(): Promise<CellOutcome>;
  /** Settles the run as not run. */
  cancel(): void;
}

/** Runs cells in order. A cell that fails ends the rest of what was queued together with it, as not run. */
export class ExecutionQueue implements Disposable {
  readonly #log: Logger;
  #batches: QueuedRun[][] = [];
  #running: QueuedRun | undefined;
  /** Also between two cells, where whoever is told of the end of one may add others. */
  #active = false;
  #disposed = false;

  constructor(log: Logger = nullLogger) {
    this.#log = log;
  }

  /** Whether a cell is running. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** How many cells wait behind the running one. */
  get waiting(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.length, 0);
  }

  /** Adds cells that were asked for together ("run all"), in order. After disposal they settle as not run. */
  add(runs: readonly QueuedRun[]): void {
    if (this.#disposed) {
      for (const run of runs) run.cancel();
      return;
    }
    this.#batches.push([...runs]);
    if (!this.#active) void this.#runAll();
  }

  /** Takes out whatever waits, as not run; for an interrupt. The running cell goes on. */
  clear(): void {
    const batches = this.#batches;
    this.#batches = [];
    for (const run of batches.flat()) run.cancel();
  }

  /** Takes one cell out, as not run; a running cell is left to its kernel. */
  remove(run: QueuedRun): void {
    for (const batch of this.#batches) {
      const index = batch.indexOf(run);
      if (index === -1) continue;
      batch.splice(index, 1);
      run.cancel();
    }
  }

  /** Ends all, the running cell too; the kernel is not interrupted. */
  dispose(): void {
    this.#disposed = true;
    this.clear();
    this.#running?.cancel();
  }

  async #runAll(): Promise<void> {
    this.#active = true;
    for (let run = this.#take(); run; run = this.#take()) {
      const batch = this.#batches[0];
      this.#running = run;
      const success = await this.#run(run);
      this.#running = undefined;
      if (success !== true && batch && this.#batches[0] === batch) {
        this.#batches.shift();
        for (const rest of batch) rest.cancel();
      }
    }
    this.#active = false;
  }

  async #run(run: QueuedRun): Promise<boolean | undefined> {
    try {
      return (await run.run()).success;
    } catch (error) {
      this.#log.error(`A cell's run broke off: ${messageOf(error)}`);
      return false;
    }
  }

  /** The next run; its batch stays first, even when empty, until the run is over. */
  #take(): QueuedRun | undefined {
    while (this.#batches[0]?.length === 0) this.#batches.shift();
    return this.#batches[0]?.shift();
  }
}
