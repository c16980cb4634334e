// A kernel loads what completes code when it is asked for the first time, which takes most of a second, and longer where the
// disk is slow. So it is asked once before anybody waits for it, when it has nothing else to do.
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";

/**
 * Milliseconds of quiet after a cell. Who runs cells one after the other is quicker, and would wait for the answer; who
 * writes the next one needs longer before there is something to complete.
 */
export const quiet = 2_000;

/**
 * What is asked: the beginning of a name that is none. In IPython that loads all that names and attributes need, where an
 * attribute loads half of it, and nothing at all makes it list every name.
 */
export const warmUpCode = "zz";

export interface WarmUpPorts {
  /** Names the kernel, for all who are connected to it. */
  readonly kernel: string;
  /** Kernels whose present process was asked. */
  readonly warm: Set<string>;
  /** Whether the kernel is connected and would answer at once, and no cell waits for it. */
  readonly isFree: () => boolean;
  /** Asks the kernel for completions of `warmUpCode`; what comes of it is of no interest. */
  readonly ask: () => void;
  readonly clock?: Clock;
}

/** Asks each process of a kernel once, when cells of ours have run there and it has been at rest for a moment. */
export class CompleterWarmUp implements Disposable {
  readonly #ports: WarmUpPorts;
  readonly #clock: Clock;
  #hasRun = false;
  #waiting: Disposable | undefined;

  constructor(ports: WarmUpPorts) {
    this.#ports = ports;
    this.#clock = ports.clock ?? systemClock;
  }

  /** The kernel has begun with a cell of ours. */
  began(): void {
    this.#hasRun = true;
    this.update();
  }

  /** What `isFree` says may be another thing. */
  update(): void {
    const { kernel, warm, isFree } = this.#ports;
    if (!this.#hasRun || warm.has(kernel) || !isFree()) this.dispose();
    else this.#waiting ??= this.#clock.after(quiet, () => this.#ask());
  }

  /** The kernel's process ends: the next one has loaded nothing. */
  restarts(): void {
    this.#hasRun = false;
    this.#ports.warm.delete(this.#ports.kernel);
    this.dispose();
  }

  /** Asks nothing that was not asked yet. */
  dispose(): void {
    this.#waiting?.dispose();
    this.#waiting = undefined;
  }

  #ask(): void {
    const { kernel, warm, isFree, ask } = this.#ports;
    this.dispose();
    // Where it is not free now, or another notebook on the kernel was sooner, it is looked at again when that changes.
    if (!isFree() || warm.has(kernel)) return;
    warm.add(kernel);
    ask();
  }
}
