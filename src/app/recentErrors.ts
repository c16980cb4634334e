// Recent errors, by the server or hub that they concern: for the details that a user sends to an administrator.
import { messageOf } from "../base/errors";

export interface RecentError {
  /** When it happened last, in milliseconds since the epoch. */
  readonly at: number;
  /** How often in a row. */
  readonly times: number;
  readonly message: string;
}

/** Errors of each thing that are kept. */
const kept = 20;

/** The last errors of accounts and servers, by their ids. */
export class RecentErrors {
  readonly #errors = new Map<string, readonly RecentError[]>();

  /** Newest last. */
  of(id: string): readonly RecentError[] {
    return this.#errors.get(id) ?? [];
  }

  /** The same again is counted, not repeated. */
  note(id: string, error: unknown, at = Date.now()): void {
    const message = messageOf(error);
    const all = this.of(id);
    const last = all.at(-1);
    const isSame = last?.message === message;
    const before = isSame ? all.slice(0, -1) : all;
    this.#errors.set(id, [...before, { at, times: isSame ? last.times + 1 : 1, message }].slice(-kept));
  }

  /** Forgets the errors of an account or server that is gone. */
  forget(id: string): void {
    this.#errors.delete(id);
  }
}
