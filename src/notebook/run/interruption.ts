// Interrupting what runs, and telling the person where that does not end it.
import { Deferred } from "../../base/async";
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { messageOf } from "../../base/errors";

/** What runs on, though it was interrupted. */
export interface Stuck {
  /** How often it was interrupted. */
  readonly attempts: number;
  /** Why the last interrupt did not get through; undefined where it did, or nothing was heard of it yet. */
  readonly failure: string | undefined;
}

export interface InterruptionPorts {
  /** Asks for the interrupt. It may fail, and may never settle. */
  readonly send: () => Promise<void>;
  /** Tells the person, again after each further attempt; `over` resolves when there is nothing left to tell. */
  readonly tell: (stuck: Stuck, over: Promise<void>) => void;
  readonly clock?: Clock;
}

/** Milliseconds that what was interrupted may go on before the person is told. */
export const patience = 5_000;

/** An interrupt fails also because what it was for ends just then: so long, in milliseconds, that is waited for. */
export const grace = 500;

/** The interrupts of one notebook, from the first to the end of what they are for. */
export class Interruption {
  readonly #ports: InterruptionPorts;
  readonly #clock: Clock;
  #over: Deferred<void> | undefined;
  #attempts = 0;
  #timer: Disposable | undefined;

  constructor(ports: InterruptionPorts) {
    this.#ports = ports;
    this.#clock = ports.clock ?? systemClock;
  }

  /**
   * Interrupts, once more where it was done before. Never rejects: what goes wrong is told.
   * @param running settles when what runs has ended
   * @returns when the interrupt was answered, or nothing came of it for as long as the person is not told
   */
  async interrupt(running: Promise<unknown>): Promise<void> {
    const over = (this.#over ??= this.#begin(running));
    const attempt = ++this.#attempts;
    const isCurrent = (): boolean => this.#over === over && this.#attempts === attempt;
    const told = new Deferred<void>();
    const tellIn = (ms: number, failure?: string): void => {
      this.#timer?.dispose();
      this.#timer = this.#clock.after(ms, () => {
        this.#ports.tell({ attempts: attempt, failure }, over.promise);
        told.resolve();
      });
    };
    tellIn(patience);
    const answered = this.#ports.send().catch((error: unknown) => {
      if (isCurrent()) tellIn(grace, messageOf(error));
    });
    await Promise.race([answered, told.promise, over.promise]);
  }

  #begin(running: Promise<unknown>): Deferred<void> {
    const over = new Deferred<void>();
    const end = (): void => {
      this.#timer?.dispose();
      this.#over = undefined;
      this.#attempts = 0;
      over.resolve();
    };
    running.then(end, end);
    return over;
  }
}
