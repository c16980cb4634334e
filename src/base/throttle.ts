// Doing something as often as it is asked for, but not more often than is of use.
import { systemClock, type Clock } from "./clock";
import type { Disposable } from "./disposable";

/** Runs at once when asked to, then at most once in `interval` milliseconds: what is asked meanwhile is done at the end of that. */
export class Throttle implements Disposable {
  readonly #run: () => void;
  readonly #interval: number;
  readonly #clock: Clock;
  #resting: Disposable | undefined;
  #isAsked = false;

  constructor(run: () => void, interval: number, clock: Clock = systemClock) {
    this.#run = run;
    this.#interval = interval;
    this.#clock = clock;
  }

  ask(): void {
    if (this.#resting) {
      this.#isAsked = true;
      return;
    }
    this.#isAsked = false;
    this.#resting = this.#clock.after(this.#interval, () => {
      this.#resting = undefined;
      if (this.#isAsked) this.ask();
    });
    this.#run();
  }

  /** What was asked for is not done any more. */
  dispose(): void {
    this.#isAsked = false;
    this.#resting?.dispose();
    this.#resting = undefined;
  }
}
