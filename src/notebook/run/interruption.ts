// Interrupting the running cell, and notifying the user where it goes on all the same.
import { Deferred } from "../../base/async";
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { messageOf } from "../../base/errors";

/** A cell that goes on though it was interrupted. */
export interface Stuck {
  /** How often it was interrupted. */
  readonly attempts: number;
  /** Why the last interrupt did not get through; undefined where it did, or nothing was heard of it yet. */
  readonly failure: string | undefined;
}

export interface InterruptionPorts {
  /** Asks for the interrupt. It may fail, and may never settle. */
  readonly send: () => Promise<void>;
  /** Notifies the user, again after each further attempt; `over` resolves when the notification is to go. */
  readonly tell: (stuck: Stuck, over: Promise<void>) => void;
  readonly clock?: Clock;
}

/** Milliseconds that an interrupted cell may go on before the user is notified. */
export const patience = 5_000;

/** Grace period after a failed interrupt, in milliseconds: it may have failed because the cell just ended. */
export const grace = 500;

/** The interrupts of one notebook, from the first to the end of the cells that they are for. */
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
   * Interrupts, once more where it was done before. Never rejects: a failure is part of the notification.
   * @param running settles when the running cells have ended
   * @returns when the interrupt was answered, the cells have ended, or the user was notified
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
