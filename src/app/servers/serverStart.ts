// ServerStart: one start of a server under way, shared by all callers that wait for it.
import { abortable } from "../../base/async";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";

/** The hub's report of a start: the fraction done, 0 to 1, and its own words. */
export interface StartProgress {
  readonly fraction: number;
  readonly message: string;
}

/** Options of a caller that waits for a start. */
export interface WaitOptions {
  /** Ends the waiting; the start goes on. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: StartProgress) => void) | undefined;
}

/** Single flight of one start: callers that wait may leave without ending it. */
export class ServerStart<T> {
  readonly #progress: Emitter<StartProgress>;
  readonly #end = new AbortController();
  readonly #result: Promise<T>;
  #last: StartProgress | undefined;

  /** @param work is given a signal that aborts with `end`, and what to tell progress to */
  constructor(work: (signal: AbortSignal, tell: (progress: StartProgress) => void) => Promise<T>, log: Logger) {
    this.#progress = new Emitter(log);
    const tell = (progress: StartProgress): void => {
      this.#last = progress;
      this.#progress.fire(progress);
    };
    this.#result = work(this.#end.signal, tell).finally(() => this.#progress.dispose());
    this.#result.catch(() => undefined); // whoever waits hears of it; nobody waiting is no crash
  }

  /** The outcome, with the progress until then, beginning with the last report before. */
  async wait({ signal, onProgress }: WaitOptions): Promise<T> {
    if (this.#last) onProgress?.(this.#last);
    const subscription = this.#progress.event((progress) => onProgress?.(progress));
    try {
      return await abortable(this.#result, signal);
    } finally {
      subscription.dispose();
    }
  }

  /** Nobody can use what it would start any more, or it is stopped: all who wait get `reason`. */
  end(reason: Error): void {
    this.#end.abort(reason);
  }
}
