// Serial execution of what is asked of a session context: one call after the other, in order.
import { abortable, SerialQueue, throwIfAborted } from "../../base/async";
import { asError } from "../../base/errors";

export class Turns {
  readonly #queue = new SerialQueue();
  /** Aborts what was asked for until then. */
  #era = new AbortController();

  /** Ends at once what waits, and has what is being done stop where it can: all of it rejects with `error`. */
  giveUp(error: Error): void {
    this.#era.abort(error);
    this.#era = new AbortController();
  }

  /**
   * Does `work` after what was asked for before; whoever waits may leave.
   * @param failure what an error of `work` is to whoever waits
   */
  run<T>(
    signal: AbortSignal | undefined,
    work: (stop: AbortSignal) => Promise<T>,
    failure: (error: unknown) => Error = asError,
  ): Promise<T> {
    const stop = signal ? AbortSignal.any([signal, this.#era.signal]) : this.#era.signal;
    const done = this.#queue.run(async () => {
      throwIfAborted(stop);
      try {
        return await work(stop);
      } catch (error) {
        throw failure(error);
      }
    });
    return abortable(done, stop);
  }
}
