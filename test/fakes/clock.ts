// Time that a test moves.
import type { Clock } from "../../src/base/clock";
import type { Disposable } from "../../src/base/disposable";

export const minute = 60_000;
export const hour = 60 * minute;

/** Runs timers in their order when told to. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Disposable {
    const timer = { at: this.#now + ms, call };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets `ms` milliseconds pass, with all that happens in them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const [first] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!first) break;
      this.#timers.delete(first);
      this.#now = Math.max(this.#now, first.at);
      first.call();
    }
    this.#now = end;
  }

  /** Lets `ms` milliseconds pass in which the program is busy: timers that are due have to wait. */
  block(ms: number): void {
    this.#now += ms;
  }
}

/** Everything that waits for nothing outside has been done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
