// Comms: channels between an object in the kernel and one here, such as the two halves of a widget.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
import { randomUUID } from "node:crypto";
import type { Disposable } from "../../../base/disposable";
import { ProductError } from "../../../base/errors";
import type { Logger } from "../../../base/log";
import type { FutureHandlers, KernelFuture } from "./future";
import { HandlerQueue } from "./handlerQueue";
import { commContent, commOpenContent, contentOf, weightOf, type JsonObject, type Message, type MessageOptions } from "../messages";

/** Options of a comm message. */
export type CommOptions = Pick<MessageOptions, "metadata" | "buffers"> & { readonly handlers?: FutureHandlers };

/** Called when the kernel opens a comm of a registered target. */
export type CommTarget = (comm: Comm, open: Message) => unknown;

type Send = (type: string, content: JsonObject, options: CommOptions) => KernelFuture<undefined>;

/** One open comm. */
export class Comm {
  readonly #send: Send;
  readonly #queue: HandlerQueue;
  readonly #over: () => void;
  #closed = false;
  /** Called for each message from the kernel; a promise delays this comm's next message only. */
  onMessage: (message: Message) => unknown = () => undefined;
  /** Called once when the kernel closes it, or is gone (then without a message). */
  onClose: (message: Message | undefined) => unknown = () => undefined;

  /** @param over called when it is closed by either side */
  constructor(
    readonly id: string,
    readonly target: string,
    send: Send,
    log: Logger,
    over: () => void,
  ) {
    this.#send = send;
    this.#queue = new HandlerQueue({ log });
    this.#over = over;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Opens it in the kernel. @throws ProductError `disposed` once it is closed */
  open(data: JsonObject = {}, options: CommOptions = {}): KernelFuture<undefined> {
    return this.#post("comm_open", { target_name: this.target, data }, options);
  }

  /** Sends to the kernel's half. @throws ProductError `disposed` once it is closed */
  send(data: JsonObject, options: CommOptions = {}): KernelFuture<undefined> {
    return this.#post("comm_msg", { data }, options);
  }

  /** Closes both halves; nothing can be sent any more. @throws ProductError `disposed` once it is closed */
  close(data: JsonObject = {}, options: CommOptions = {}): KernelFuture<undefined> {
    const future = this.#post("comm_close", { data }, options);
    this.#end();
    return future;
  }

  /** A message of the kernel for this comm. */
  receive(message: Message): void {
    if (this.#closed) return;
    const closes = message.header.msg_type === "comm_close";
    if (closes) this.#end();
    this.#call(() => (closes ? this.onClose(message) : this.onMessage(message)), message.header.msg_type, weightOf(message));
  }

  /** The kernel's half is gone. */
  lose(): void {
    if (this.#closed) return;
    this.#end();
    this.#call(() => this.onClose(undefined), "comm_close");
  }

  #call(run: () => unknown, what: string, bytes = 0): void {
    this.#queue.call(run, what, bytes);
  }

  #post(type: string, content: JsonObject, options: CommOptions): KernelFuture<undefined> {
    if (this.#closed) throw new ProductError("disposed", `The comm ${this.target} is closed.`);
    return this.#send(type, { comm_id: this.id, ...content }, options);
  }

  #end(): void {
    this.#closed = true;
    this.#over();
  }
}

/** The comms of one kernel connection. */
export class Comms {
  readonly #comms = new Map<string, Comm>();
  readonly #targets = new Map<string, CommTarget>();
  readonly #send: Send;
  readonly #log: Logger;
  readonly #enabled: boolean;
  readonly #clientId: string;

  constructor(clientId: string, send: Send, log: Logger, enabled: boolean) {
    this.#clientId = clientId;
    this.#send = send;
    this.#log = log;
    this.#enabled = enabled;
  }

  has(id: string): boolean {
    return this.#comms.has(id);
  }

  /**
   * Makes this side's half; `Comm.open` tells the kernel.
   * @throws ProductError `conflict` where the id is taken, `forbidden` where this connection has comms disabled
   */
  create(target: string, id: string = randomUUID()): Comm {
    if (!this.#enabled) throw new ProductError("forbidden", "Comms are disabled on this connection.");
    if (this.#comms.has(id)) throw new ProductError("conflict", `There is a comm with the id ${id} already.`);
    const comm = new Comm(id, target, this.#send, this.#log, () => this.#comms.delete(id));
    this.#comms.set(id, comm);
    return comm;
  }

  /** From now on `target` is called for comms of this name that the kernel opens; the newest registration counts. */
  registerTarget(name: string, target: CommTarget): Disposable {
    this.#targets.set(name, target);
    return {
      dispose: () => {
        if (this.#targets.get(name) === target) this.#targets.delete(name);
      },
    };
  }

  /** Takes comm messages of the kernel; others are not its business. */
  handle(message: Message): void {
    if (!this.#enabled || message.channel !== "iopub") return;
    switch (message.header.msg_type) {
      case "comm_open":
        this.#opened(message);
        break;
      case "comm_msg":
      case "comm_close":
        this.#comms.get(contentOf(message, commContent).comm_id)?.receive(message);
        break;
    }
  }

  /** The kernel has lost all of its halves. */
  lose(): void {
    for (const comm of [...this.#comms.values()]) comm.lose();
  }

  #opened(message: Message): void {
    const { comm_id: id, target_name: name } = contentOf(message, commOpenContent);
    // The kernel sends comm_open to all clients. One without a target here may be another client's, who alone may close it.
    const target = this.#targets.get(name);
    if (!target || this.#comms.has(id)) return; // or told twice
    const comm = this.create(name, id);
    const failed = (error: unknown): void => {
      this.#log.error(`The target ${name} of a comm failed`, error);
      if (comm.isClosed) return;
      if (message.parent_header.session === this.#clientId) comm.close();
      // Opened for another client's code, where it is alive.
      else comm.lose();
    };
    try {
      const result = target(comm, message);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
