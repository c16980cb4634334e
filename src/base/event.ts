// Events: an Emitter that isolates its listeners from each other's errors.
import { abortReason } from "./async";
import type { Disposable } from "./disposable";
import { nullLogger, type Logger } from "./log";

/** Subscribes a listener; dispose the result to unsubscribe. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/**
 * Fires values to its listeners in the order they subscribed. A throwing listener is logged; the others still run. One
 * that is unsubscribed while a value is fired does not get it any more, one that is subscribed then gets the next.
 */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<{ call: (value: T) => unknown }>();
  readonly #log: Logger;
  #disposed = false;

  constructor(log: Logger = nullLogger) {
    this.#log = log;
  }

  /** Subscribes; after disposal it does nothing. */
  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    if (!this.#disposed) this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  /** Calls every present listener with `value`; a rejected promise of a listener is logged like a throw. */
  fire(value: T): void {
    for (const entry of [...this.#listeners]) {
      if (!this.#listeners.has(entry)) continue;
      try {
        const result = entry.call(value);
        if (result instanceof Promise) result.catch((error: unknown) => this.#log.error("A listener failed", error));
      } catch (error) {
        this.#log.error("A listener failed", error);
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
  }
}

/** Resolves with the next value that satisfies `accept`, or rejects when `signal` aborts. */
export function next<T>(event: Event<T>, accept: (value: T) => boolean, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      subscription.dispose();
      signal?.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      end();
      if (signal) reject(abortReason(signal));
    };
    const subscription = event((value) => {
      if (!accept(value)) return;
      end();
      resolve(value);
    });
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort);
  });
}
