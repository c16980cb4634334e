// Requests to a kernel while the user types: one at a time, with a short timeout, and only while the kernel is idle. A kernel answers in
// order, so every further request would delay the next cell. Subshells, which would answer beside a running cell, are not used: the server
// takes their `idle` for the kernel's, and would cull a running cell as idle (docs/measurements.md).
import { systemClock, type Clock } from "../../base/clock";
import { nullLogger, type Logger } from "../../base/log";

export interface KernelQuestionPorts {
  /** Whether the kernel would answer at once: it runs nothing, and nothing waits for it. */
  readonly isFree: () => boolean;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** Milliseconds that an answer is waited for, from the moment it is wanted. */
export const answerBound = 1_000;

/**
 * The questions to one kernel. None is sent while another is out, however late that is: a kernel answers in order, and
 * would have all of them to work through before the next cell.
 */
export class KernelQuestions {
  readonly #isFree: () => boolean;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** When the question that is out was sent. */
  #outSince: number | undefined;
  /** Questions that wait for it to come back, in order: each begins when it is called. */
  readonly #waiting = new Set<() => void>();

  constructor({ isFree, clock = systemClock, log = nullLogger }: KernelQuestionPorts) {
    this.#isFree = isFree;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Asks, now or when the one that is out has come back.
   * @param send sends the question; settles when the kernel is through with it
   * @returns the answer, or undefined: the kernel is busy, or has not answered within `answerBound`, or nobody wants it
   */
  ask<R>(send: () => Promise<R>, signal: AbortSignal): Promise<R | undefined> {
    if (signal.aborted || this.#isOverdue) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (answer?: R): void => {
        bound.dispose();
        signal.removeEventListener("abort", giveUp);
        this.#waiting.delete(begin);
        resolve(answer);
      };
      const giveUp = (): void => settle();
      const begin = (): void => {
        this.#waiting.delete(begin);
        if (this.#isFree()) this.#send(send).then(settle, giveUp);
        else giveUp();
      };
      const bound = this.#clock.after(answerBound, giveUp);
      signal.addEventListener("abort", giveUp);
      if (this.#outSince === undefined) begin();
      else this.#waiting.add(begin);
    });
  }

  /** Whether the one that is out keeps the kernel busy for longer than anybody waits. */
  get #isOverdue(): boolean {
    return this.#outSince !== undefined && this.#clock.now() - this.#outSince >= answerBound;
  }

  async #send<R>(send: () => Promise<R>): Promise<R> {
    this.#outSince = this.#clock.now();
    try {
      return await send();
    } catch (error) {
      this.#log.debug("The kernel did not answer a question", error);
      throw error;
    } finally {
      this.#outSince = undefined;
      this.#next();
    }
  }

  #next(): void {
    for (const begin of [...this.#waiting]) {
      if (this.#outSince !== undefined) return;
      begin();
    }
  }
}
