// The requests in flight of one kernel connection: routing by parent id, and settling them when no answer can come.
import type { ConnectError } from "../../base/errors";
import type { KernelFuture } from "./future";
import type { Message } from "./messages";

type AnyFuture = Pick<KernelFuture<unknown>, "handle" | "fail" | "close" | "message">;

/** Futures by the id of their request, in the order they were made. */
export class Requests {
  readonly #futures = new Map<string, { readonly future: AnyFuture; readonly order: number }>();
  #made = 0;
  #unsent: Message[] = [];

  /** How many are open. */
  get size(): number {
    return this.#futures.size;
  }

  /** Whether some were sent and wait for their answer. */
  get awaiting(): boolean {
    return this.#futures.size > this.#unsent.length;
  }

  get hasUnsent(): boolean {
    return this.#unsent.length > 0;
  }

  add(future: AnyFuture): void {
    this.#futures.set(future.message.header.msg_id, { future, order: this.#made++ });
  }

  remove(message: Message): void {
    this.#futures.delete(message.header.msg_id);
    this.#unsent = this.#unsent.filter((one) => one !== message);
  }

  /** The future that `message` belongs to. */
  find(message: Message): AnyFuture | undefined {
    const id = message.parent_header.msg_id;
    return id === undefined ? undefined : this.#futures.get(id)?.future;
  }

  /** Keeps `message` until there is a connection. */
  hold(message: Message): void {
    this.#unsent.push(message);
  }

  /** What is to be sent now, in order; it counts as sent. */
  takeUnsent(): Message[] {
    const messages = this.#unsent;
    this.#unsent = [];
    return messages;
  }

  /** Rejects all, or only what was not sent. */
  fail(error: ConnectError, only?: "unsent"): void {
    const unsent = new Set(this.#unsent);
    for (const { future } of [...this.#futures.values()]) {
      if (only === undefined || unsent.has(future.message)) future.fail(error);
    }
  }

  /** A point in time among the requests, for `closeBefore`. */
  get mark(): number {
    return this.#made;
  }

  /** Settles every sent request made before `mark`: the kernel has completely answered one made after it. */
  closeBefore(mark: number): void {
    for (const { future, order } of [...this.#futures.values()]) {
      if (order < mark && !this.#unsent.includes(future.message)) future.close();
    }
  }
}
