// The requests in flight of one kernel connection: routing by parent id, and settling them when no answer can come.
import type { ConnectError } from "../../base/errors";
import type { KernelFuture } from "./future";
import type { Message } from "./messages";

type AnyFuture = Pick<KernelFuture<unknown>, "handle" | "fail" | "close" | "message">;

/** Futures by the id of their request, in the order they were made. */
export class Requests {
  readonly #futures = new Map<string, AnyFuture>();
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
    this.#futures.set(future.message.header.msg_id, future);
  }

  remove(message: Message): void {
    this.#futures.delete(message.header.msg_id);
    this.#unsent = this.#unsent.filter((one) => one !== message);
  }

  /** The future that `message` belongs to. */
  find(message: Message): AnyFuture | undefined {
    const id = message.parent_header.msg_id;
    return id === undefined ? undefined : this.#futures.get(id);
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
    for (const future of [...this.#futures.values()]) {
      if (only === undefined || unsent.has(future.message)) future.fail(error);
    }
  }

  /** Those that were sent and wait for their answer. */
  get sent(): readonly AnyFuture[] {
    return [...this.#futures.values()].filter(({ message }) => !this.#unsent.includes(message));
  }

  /** Settles those of `earlier` that are still open: the kernel has completely answered a request sent after them. */
  close(earlier: readonly AnyFuture[]): void {
    for (const future of earlier) if (this.#futures.get(future.message.header.msg_id) === future) future.close();
  }
}
