// Waiting: deferred values, timeouts, exponential back-off with jitter, serial queues.
import { ProductError } from "./errors";

/** A promise with its resolve and reject outside. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  #resolve: (value: T) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #settled = false;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Callers await `promise`; a rejection that nobody awaits is not a crash.
    this.promise.catch(() => undefined);
  }

  get settled(): boolean {
    return this.#settled;
  }

  resolve(value: T): void {
    this.#settled = true;
    this.#resolve(value);
  }

  reject(error: Error): void {
    this.#settled = true;
    this.#reject(error);
  }
}

/** Throws if `signal` has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** The error an aborted signal stands for: its own reason if that is one of ours. */
export function abortReason(signal: AbortSignal): ProductError {
  return signal.reason instanceof ProductError ? signal.reason : new ProductError("aborted", "Cancelled.");
}

/** Settles as `promise`, or rejects as soon as `signal` aborts; `promise` itself goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    // Attached even where it is too late: a rejection of `promise` is never left without a handler.
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** Settles as `promise`, or rejects with code `timeout` and `message` after `ms` milliseconds. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProductError("timeout", message)), ms);
  });
  try {
    return await Promise.race([promise, bound]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves as `promise` does, or with undefined where it rejects or takes longer than `ms` milliseconds. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return withTimeout(promise, ms, "Nobody waits that long.").catch(() => undefined);
}

/** Resolves after `ms` milliseconds, or rejects when `signal` aborts. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      if (signal) reject(abortReason(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * How long to wait before attempt number `attempt` (0, 1, 2 …), in milliseconds: doubles from `first` up to
 * `ceiling`, each with up to half of it taken off by chance, so that many clients do not come back together.
 */
export function backoff(attempt: number, first: number, ceiling: number, random: () => number = Math.random): number {
  const full = Math.min(ceiling, first * 2 ** Math.min(attempt, 30));
  return full * (1 - random() / 2);
}

/** Runs tasks one after the other, in the order they were added; a failed task does not stop the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `task` when all earlier ones have settled; settles as `task` does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task, task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
