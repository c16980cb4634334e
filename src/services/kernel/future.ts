// A future: one request in flight, and everything that comes for it.
import { Deferred, SerialQueue } from "../../base/async";
import { ConnectError, asError } from "../../base/errors";
import type { Logger } from "../../base/log";
import { statusContent, contentOf, type Message } from "./messages";

/** Called for the messages of one request, in their order; a promise it returns delays the next one of this request only. */
export interface FutureHandlers {
  readonly onReply?: (message: Message) => unknown;
  readonly onIOPub?: (message: Message) => unknown;
  /** An input_request; answer it by `KernelFuture.sendInputReply`. */
  readonly onStdin?: (message: Message) => unknown;
}

interface FuturePorts<R> {
  readonly log: Logger;
  /** Reads and validates the reply. */
  readonly read: (reply: Message) => R;
  readonly sendInput: (value: string, parent: Message) => void;
  /** The future has settled or was disposed; nothing more is routed to it. */
  readonly ended: () => void;
}

/** One request to a kernel. */
export class KernelFuture<R> {
  readonly #done = new Deferred<R>();
  readonly #handlers: FutureHandlers;
  readonly #ports: FuturePorts<R>;
  /** Set as soon as a handler has returned a promise: from then on messages wait for each other. */
  #queue: SerialQueue | undefined;
  #reply: Message | undefined;
  #idle = false;

  constructor(
    /** The request. */
    readonly message: Message,
    handlers: FutureHandlers,
    ports: FuturePorts<R>,
  ) {
    this.#handlers = handlers;
    this.#ports = ports;
  }

  /**
   * The reply, once it and the kernel's `idle` have come, in either order, and the handlers have run.
   * Rejects with `kernel-dead`, `kernel-restarted`, `connection-lost`, `server-stopped`, `evicted` or `disposed`.
   */
  get done(): Promise<R> {
    return this.#done.promise;
  }

  get isReplied(): boolean {
    return this.#reply !== undefined;
  }

  /** Answers an input_request of this future. */
  sendInputReply(value: string, request: Message): void {
    this.#ports.sendInput(value, request);
  }

  /** Takes a message whose parent is this request. */
  handle(message: Message): void {
    if (this.#done.settled) return;
    switch (message.channel) {
      case "iopub":
        this.#call(this.#handlers.onIOPub, message);
        if (message.header.msg_type === "status" && isIdle(message)) this.#idle = true;
        break;
      case "stdin":
        this.#call(this.#handlers.onStdin, message);
        break;
      case "shell":
      case "control":
        this.#reply = message;
        this.#call(this.#handlers.onReply, message);
        break;
    }
    if (this.#reply && this.#idle) this.#finish(this.#reply);
  }

  /**
   * A later request has been answered completely, so nothing more comes for this one: settles with the reply if that
   * has come, else rejects with `connection-lost`.
   */
  close(): void {
    if (this.#reply) this.#finish(this.#reply);
    else this.fail(lostError());
  }

  /** Rejects `done`, after the handlers of what had arrived. */
  fail(error: ConnectError): void {
    this.#settle(() => this.#done.reject(error));
  }

  /** Wants nothing more of this request; the kernel goes on with it. */
  dispose(): void {
    this.fail(new ConnectError("disposed", "Nobody waits for this request any more."));
  }

  #finish(reply: Message): void {
    this.#settle(() => {
      try {
        this.#done.resolve(this.#ports.read(reply));
      } catch (error) {
        this.#done.reject(asError(error));
      }
    });
  }

  #settle(settle: () => void): void {
    this.#ports.ended();
    if (this.#queue) void this.#queue.run(() => Promise.resolve()).then(settle);
    else settle();
  }

  #call(handler: ((message: Message) => unknown) | undefined, message: Message): void {
    if (!handler) return;
    const queue = this.#queue;
    if (queue) {
      void queue.run(async () => this.#guarded(handler, message));
      return;
    }
    const pending = this.#guarded(handler, message);
    if (!pending) return;
    this.#queue = new SerialQueue();
    void this.#queue.run(() => pending);
  }

  /** A handler that fails is logged; the next message is handled all the same. */
  #guarded(handler: (message: Message) => unknown, message: Message): Promise<void> | undefined {
    const failed = (error: unknown): void =>
      this.#ports.log.error(`A handler of ${message.header.msg_type} failed`, error);
    try {
      const result = handler(message);
      return result instanceof Promise ? result.then(() => undefined, failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

function isIdle(message: Message): boolean {
  return contentOf(message, statusContent).execution_state === "idle";
}

function lostError(): ConnectError {
  return new ConnectError(
    "connection-lost",
    "The connection to the kernel broke and the end of this was lost. The kernel has finished it; some output may be missing.",
  );
}
