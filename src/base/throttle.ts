// Throttle: runs a call soon, and once for all requests of that time.
import { systemClock, type Clock } from "./clock";
import type { Disposable } from "./disposable";

/** Runs `interval` milliseconds after the first request, once for all until then. No debounce: later requests do not postpone it. */
export class Throttle implements Disposable {
  readonly #run: () => void;
  readonly #interval: number;
  readonly #clock: Clock;
  #due: Disposable | undefined;

  constructor(run: () => void, interval: number, clock: Clock = systemClock) {
    this.#run = run;
    this.#interval = interval;
    this.#clock = clock;
  }

  ask(): void {
    this.#due ??= this.#clock.after(this.#interval, () => this.now());
  }

  /** Does it now, and not again for what was asked before. */
  now(): void {
    this.dispose();
    this.#run();
  }

  /** Cancels the pending call. */
  dispose(): void {
    this.#due?.dispose();
    this.#due = undefined;
  }
}
