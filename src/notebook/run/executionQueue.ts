// The queue of one notebook: cells in the order they were asked for, with the kernel as soon as that is safe.
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { messageOf } from "../../base/errors";
import { nullLogger, type Logger } from "../../base/log";
import type { CellOutcome } from "./run";

/** A run's turn in the queue. */
export interface Turn {
  /** Whether the kernel has another cell before it. */
  readonly behind: boolean;
  /** To be called when the kernel begins with it. */
  readonly started: () => void;
  /** To be called when the kernel has answered that it succeeded: its late output delays nobody. */
  readonly succeeded: () => void;
}

/** A run that waits for its turn. */
export interface QueuedRun {
  /** Sends it to the kernel; settles when it is over, and never rejects. */
  run(turn: Turn): Promise<CellOutcome>;
  /**
   * An error in it does not end what follows. So the kernel is given nothing behind it: interrupting is such an error to
   * the kernel, and is to end all.
   */
  readonly mayFail?: boolean;
  /** Settles the run as not run. */
  cancel(): void;
}

export interface ExecutionQueueOptions {
  /** Whether the kernel is sent waiting cells, so that it goes on without us; else it has one cell at a time. */
  readonly handsOver?: () => boolean;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * Milliseconds that a cell must have been running before all cells that wait behind it are sent to the kernel. A kernel drops
 * what is in its queue when a cell fails, and runs what comes later all the same: after a cell that fails at once, most
 * of what was sent together with it would run (docs/measurements.md). Short cells therefore go one by one.
 */
export const handOverAfter = 200;

/** Runs cells in order. A cell that fails ends the rest of what was queued together with it, as not run, unless it may. */
export class ExecutionQueue implements Disposable {
  readonly #handsOver: () => boolean;
  readonly #clock: Clock;
  readonly #log: Logger;
  #batches: QueuedRun[][] = [];
  /** Runs that the kernel holds. */
  readonly #held = new Set<QueuedRun>();
  /** Those of them that the kernel has not finished. */
  readonly #ahead = new Set<QueuedRun>();
  #timer: Disposable | undefined;
  #handedOver = false;
  #disposed = false;

  constructor({ handsOver = () => true, clock = systemClock, log = nullLogger }: ExecutionQueueOptions = {}) {
    this.#handsOver = handsOver;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether the kernel has a cell. */
  get isRunning(): boolean {
    return this.#held.size > 0;
  }

  /** How many cells wait here. */
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
    this.#pump();
  }

  /**
   * Adds cells that the kernel has already, from before this window.
   * @param waiting what was asked for together with them and was not sent yet
   */
  addHeld(runs: readonly QueuedRun[], waiting: readonly QueuedRun[]): void {
    const batch = [...waiting];
    this.#handedOver ||= runs.length > 0 && this.#handsOver();
    for (const run of runs) void this.#send(run, batch);
    this.#batches.push(batch);
    this.#pump();
  }

  /** Takes out all waiting cells, as not run; for an interrupt. Cells that the kernel has go on. */
  clear(): void {
    const waiting = this.#batches.flatMap((batch) => batch.splice(0));
    this.#batches = [];
    for (const run of waiting) run.cancel();
  }

  /** Takes one cell out, as not run. @returns false where the kernel has it: it is left to that */
  remove(run: QueuedRun): boolean {
    for (const batch of this.#batches) {
      const index = batch.indexOf(run);
      if (index === -1) continue;
      batch.splice(index, 1);
      run.cancel();
      return true;
    }
    return false;
  }

  /** Ends all runs, those that the kernel has too; the kernel is not interrupted. */
  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.clear();
    for (const run of [...this.#held]) run.cancel();
  }

  #pump(): void {
    if (this.#ahead.size === 0) this.#handedOver = false;
    while (this.#ahead.size === 0 || (this.#handedOver && ![...this.#ahead].some(({ mayFail }) => mayFail))) {
      const [batch] = this.#batches;
      if (!batch) return;
      const run = batch.shift();
      if (run) void this.#send(run, batch);
      else this.#batches.shift();
    }
  }

  /** @param batch what was asked for together with it and still waits */
  async #send(run: QueuedRun, batch: QueuedRun[]): Promise<void> {
    const behind = this.#ahead.size > 0;
    this.#held.add(run);
    this.#ahead.add(run);
    const goesOn = await this.#run(run, behind);
    this.#held.delete(run);
    if (!goesOn) for (const other of batch.splice(0)) other.cancel();
    if (!this.#ahead.delete(run)) return;
    this.#timer?.dispose();
    // The caller may add other cells when it hears of the end of one.
    await Promise.resolve();
    this.#pump();
  }

  /** The kernel is through with a cell, which has not failed. */
  #succeeded(run: QueuedRun): void {
    if (!this.#ahead.delete(run)) return;
    this.#timer?.dispose();
    this.#pump();
  }

  /** The kernel has begun with a cell. */
  #started(run: QueuedRun): void {
    if (this.#handedOver || this.#disposed || !this.#ahead.has(run)) return;
    this.#timer?.dispose();
    this.#timer = this.#clock.after(handOverAfter, () => {
      if (!this.#ahead.has(run) || !this.#handsOver()) return;
      this.#handedOver = true;
      this.#pump();
    });
  }

  /** @returns whether what was queued together with it is to run */
  async #run(run: QueuedRun, behind: boolean): Promise<boolean> {
    try {
      const { success, mayFail } = await run.run({ behind, started: () => this.#started(run), succeeded: () => this.#succeeded(run) });
      return success === true || mayFail === true;
    } catch (error) {
      // Runs do not reject; should one do so all the same, the queue must not stand still for it.
      this.#log.error(`A cell's run was lost: ${messageOf(error)}`, error);
      return false;
    }
  }
}
