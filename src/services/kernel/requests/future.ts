// A future: one request in flight, with its reply, its iopub messages and its `idle`.
import { Deferred } from "../../../base/async";
import type { Disposable } from "../../../base/disposable";
import { ProductError, asError } from "../../../base/errors";
import type { Logger } from "../../../base/log";
import { HandlerQueue } from "./handlerQueue";
import { Hooks, type MessageHook } from "./hooks";
import { lostError } from "../kernelErrors";
import { contentOf, payloadSize, statusContent, weightOf, type Message } from "../messages";

/** Called for the messages of one request, in their order; a promise it returns delays the next one of this request only. */
export interface FutureHandlers {
  /**
   * Called each time just before the request goes to a websocket: from then on it may arrive.
   * Returns why it must not go, with which it fails; undefined where it may.
   */
  readonly onSend?: () => ProductError | undefined;
  readonly onReply?: (message: Message) => unknown;
  readonly onIOPub?: (message: Message) => unknown;
  /** An input_request; answer it by `KernelFuture.sendInputReply`. */
  readonly onStdin?: (message: Message) => unknown;
  /** Called at the end of code of which some output was dropped between kernel and server, where the kernel shows that. */
  readonly onDropped?: () => unknown;
}

export interface FuturePorts<R> {
  readonly log: Logger;
  /** Reads and validates the reply; where none is expected it gets the request. */
  readonly read: (reply: Message) => R;
  /** False for comm messages, which are done when the kernel is idle. */
  readonly replies?: boolean;
  /** Whether messages that come after its end are still taken, until it is disposed. */
  readonly outlivesDone?: boolean;
  /** Whether the kernel counts as idle while it is at it. */
  readonly isAside?: boolean;
  readonly sendInput: (value: string, parent: Message) => void;
  /**
   * Called when it has settled; `kept`: it still takes messages. Called again when a kept one is disposed.
   * Returns whether some of its output was dropped.
   */
  readonly ended: (kept: boolean) => boolean;
  /** Backpressure: its handlers are too slow for what arrives, or no longer. */
  readonly congested?: (congested: boolean) => void;
}

/** One request to a kernel. */
export class KernelFuture<R> implements Disposable {
  readonly #done = new Deferred<R>();
  readonly #handlers: FutureHandlers;
  readonly #ports: FuturePorts<R>;
  readonly #queue: HandlerQueue;
  readonly #hooks: Hooks;
  #reply: Message | undefined;
  #touched = false;
  #idle = false;
  /** Nothing more is expected: `done` settles as soon as the handlers have run. */
  #over = false;
  #disposed = false;

  constructor(
    /** The request. */
    readonly message: Message,
    handlers: FutureHandlers,
    ports: FuturePorts<R>,
  ) {
    this.#handlers = handlers;
    this.#ports = ports;
    this.#hooks = new Hooks(ports.log);
    this.#queue = new HandlerQueue({ log: ports.log, ...(ports.congested && { congested: ports.congested }) });
  }

  /**
   * The reply, once it and the kernel's `idle` have come, in either order, and the handlers have run.
   * Rejects with `kernel-dead`, `kernel-restarted`, `connection-lost`, `server-stopped`, `evicted`, `busy`,
   * `invalid-message`, `disposed`, or `aborted` where it was not sent, or is not sent again.
   */
  get done(): Promise<R> {
    return this.#done.promise;
  }

  /** Whether the kernel counts as idle while it is at it. */
  get isAside(): boolean {
    return this.#ports.isAside ?? false;
  }

  get isReplied(): boolean {
    return this.#reply !== undefined;
  }

  /** Whether anything has come for it: the kernel has it. */
  get isTouched(): boolean {
    return this.#touched;
  }

  /** Adds a hook for this request's iopub messages: the newest runs first, `false` keeps the message from the rest. */
  registerMessageHook(hook: MessageHook): Disposable {
    return this.#hooks.add(hook);
  }

  /** Answers an input_request of this future. @throws ProductError where the connection has ended */
  sendInputReply(value: string, request: Message): void {
    this.#ports.sendInput(value, request);
  }

  /** The request is to go to a websocket now. @returns whether it may; it has failed if not */
  maySend(): boolean {
    const refusal = this.#handlers.onSend?.();
    if (refusal) this.fail(refusal);
    return refusal === undefined;
  }

  /** Takes a message whose parent is this request. */
  handle(message: Message): void {
    if (this.#disposed) return;
    this.#touched = true;
    const { onIOPub, onReply, onStdin } = this.#handlers;
    switch (message.channel) {
      case "iopub":
        this.#call(message, () => this.#passHooks(message, onIOPub));
        if (message.header.msg_type === "status" && isIdle(message)) this.#idle = true;
        break;
      case "stdin":
        this.#call(message, () => onStdin?.(message));
        break;
      case "shell":
      case "control":
        this.#reply = message;
        this.#call(message, () => onReply?.(message));
        break;
    }
    const end = this.#ports.replies === false ? this.message : this.#reply;
    if (end && this.#idle) this.#finish(end);
  }

  /**
   * A later request has been answered completely, so nothing more comes for this one: settles with the reply if that
   * has come, else rejects with `connection-lost`.
   */
  close(): void {
    if (this.#ports.replies === false) this.#finish(this.message);
    else if (this.#reply) this.#finish(this.#reply);
    else this.fail(lostError(payloadSize(this.message)));
  }

  /** Rejects `done`, after the handlers of what had arrived. */
  fail(error: ProductError): void {
    this.#end(() => this.#done.reject(error));
  }

  /** Stops the handlers; the kernel goes on with the request. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#over = true;
    this.#ports.ended(false);
    this.#queue.close();
    if (!this.#done.settled) this.#done.reject(new ProductError("disposed", "Nobody waits for this request any more."));
  }

  #finish(reply: Message): void {
    this.#end(() => {
      try {
        this.#done.resolve(this.#ports.read(reply));
      } catch (error) {
        this.#done.reject(asError(error));
      }
    });
  }

  #end(settle: () => void): void {
    if (this.#over) return;
    this.#over = true;
    const dropped = this.#ports.ended(this.#ports.outlivesDone === true);
    if (dropped && this.#reply) this.#queue.call(() => this.#handlers.onDropped?.(), "word of dropped output");
    this.#queue.whenDrained(settle);
  }

  #call(message: Message, run: () => unknown): void {
    this.#queue.call(run, message.header.msg_type, weightOf(message));
  }

  #passHooks(message: Message, handler: ((message: Message) => unknown) | undefined): unknown {
    const passed = this.#hooks.run(message);
    if (passed instanceof Promise) return passed.then((goOn) => (goOn ? handler?.(message) : undefined));
    return passed ? handler?.(message) : undefined;
  }
}

function isIdle(message: Message): boolean {
  return contentOf(message, statusContent).execution_state === "idle";
}
