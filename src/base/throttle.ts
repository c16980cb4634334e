// Doing something soon, and for all that have asked for it meanwhile at once.
import { systemClock, type Clock } from "./clock";
import type { Disposable } from "./disposable";

/** Runs `interval` milliseconds after it was first asked to, once for all that is asked until then. */
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

  /** What was asked for is not done any more. */
  dispose(): void {
    this.#due?.dispose();
    this.#due = undefined;
  }
}
