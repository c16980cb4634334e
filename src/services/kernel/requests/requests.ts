// The requests in flight of one kernel connection: routing by parent id, and rejection when no answer can come.
import { ProductError } from "../../../base/errors";
import type { KernelFuture } from "./future";
import type { Message } from "../messages";

/** A future, whatever the type of its reply. */
export type AnyFuture = Pick<
  KernelFuture<unknown>,
  "maySend" | "handle" | "fail" | "close" | "dispose" | "message" | "isReplied" | "isTouched" | "isAside" | "registerMessageHook"
>;

/** Messages that may wait for a connection; sending more rejects with `busy`. */
const maxUnsent = 1_000;

/** Futures by the id of their request, in the order they were sent, those that wait for that last. */
export class Requests {
  readonly #open = new Map<string, AnyFuture>();
  /** Futures that have settled and still take messages. */
  readonly #kept = new Map<string, AnyFuture>();
  readonly #unsent = new Map<string, { readonly message: Message; readonly since: number; readonly waits: boolean }>();

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether anything is open, or waits to be sent. */
  get isNeeded(): boolean {
    return this.#open.size > 0 || this.#unsent.size > 0;
  }

  /** Whether some were sent and wait for their answer. */
  get awaiting(): boolean {
    if (this.#unsent.size === 0) return this.#open.size > 0;
    for (const id of this.#open.keys()) if (!this.#unsent.has(id)) return true;
    return false;
  }

  /** Whether code is open, or waits to be sent. */
  get hasCode(): boolean {
    for (const { message } of this.#open.values()) if (message.header.msg_type === "execute_request") return true;
    return false;
  }

  /** Whether one has its reply and waits for its `idle`. */
  get replied(): boolean {
    for (const { isReplied } of this.#open.values()) if (isReplied) return true;
    return false;
  }

  /** When the oldest message that does not wait for ever began to wait, in milliseconds since the epoch. */
  get unsentSince(): number | undefined {
    for (const { since, waits } of this.#unsent.values()) if (!waits) return since;
    return undefined;
  }

  add(future: AnyFuture): void {
    this.#open.set(future.message.header.msg_id, future);
  }

  /** @param kept the future still takes messages */
  remove(future: AnyFuture, kept: boolean): void {
    const id = future.message.header.msg_id;
    this.#open.delete(id);
    this.#unsent.delete(id);
    if (kept) this.#kept.set(id, future);
    else this.#kept.delete(id);
  }

  /** The future that `message` belongs to. */
  find(message: Message): AnyFuture | undefined {
    const id = message.parent_header.msg_id;
    return id === undefined ? undefined : this.get(id);
  }

  /** The future of the request with this id. */
  get(id: string): AnyFuture | undefined {
    return this.#open.get(id) ?? this.#kept.get(id);
  }

  /**
   * Keeps `message` until there is a connection.
   * @param waits however long that takes
   * @throws ProductError `busy` where too many wait already
   */
  hold(message: Message, waits = false): void {
    if (this.#unsent.size >= maxUnsent) {
      const text = `${maxUnsent} requests wait for the connection to the kernel already. Try again when it is back.`;
      throw new ProductError("busy", text);
    }
    this.#unsent.set(message.header.msg_id, { message, since: Date.now(), waits });
  }

  /** Takes out the messages to send now, in order; they count as sent. @param mayGo by default all may */
  takeUnsent(mayGo: (message: Message) => boolean = () => true): readonly { readonly message: Message; readonly waits: boolean }[] {
    const taken = [...this.#unsent.values()].filter(({ message }) => mayGo(message));
    for (const { message } of taken) {
      this.#unsent.delete(message.header.msg_id);
      this.#moveBehind(message.header.msg_id);
    }
    return taken;
  }

  /** Requests that were sent meanwhile, the probe above all, are answered before these. */
  #moveBehind(id: string): void {
    const future = this.#open.get(id);
    if (!future) return;
    this.#open.delete(id);
    this.#open.set(id, future);
  }

  /** Rejects those that wait for a connection since `time` (milliseconds since the epoch) or longer. */
  expire(time: number, error: ProductError): void {
    for (const [id, { since, waits }] of [...this.#unsent]) {
      if (waits || since > time) continue;
      this.#unsent.delete(id);
      this.#open.get(id)?.fail(error);
    }
  }

  /** Rejects all, or only what was not sent. @param notBegun for those for which nothing has come */
  fail(error: ProductError, only?: "unsent", notBegun = error): void {
    const futures = [...this.#open].filter(([id]) => only === undefined || this.#unsent.has(id));
    this.#unsent.clear();
    for (const [, future] of futures) future.fail(future.isTouched ? error : notBegun);
    if (only === undefined) for (const future of [...this.#kept.values()]) future.dispose();
  }

  /** Futures that were sent and wait for their reply. */
  get sent(): readonly AnyFuture[] {
    return [...this.#open.values()].filter(({ message }) => !this.#unsent.has(message.header.msg_id));
  }

  /**
   * The kernel has begun with the request `id`: those before it on the same channel and subshell that have their reply
   * are over, and their `idle` was dropped (ZeroMQ drops what a busy server does not take). Settles them.
   */
  begun(id: string): void {
    // Nearly always the first.
    const [first] = this.#open.keys();
    const begun = this.#open.get(id);
    if (!begun || first === id) return;
    for (const [other, future] of [...this.#open]) {
      if (other === id) return;
      if (future.isReplied && laneOf(future.message) === laneOf(begun.message)) future.close();
    }
  }

  isOpen(future: AnyFuture): boolean {
    return this.#open.get(future.message.header.msg_id) === future;
  }

  /** Settles those of `earlier` that are still open: the kernel has completely answered a request sent after them. */
  close(earlier: readonly AnyFuture[]): void {
    for (const future of earlier) if (this.isOpen(future)) future.close();
  }
}

/** Requests of one lane are answered in their order. */
function laneOf({ channel, header }: Message): string {
  return `${channel} ${header.subshell_id ?? ""}`;
}
