// KernelConnection: one client on one kernel: its events, its status, its life.
//
//   a message out:  a request here → Sender (makes its future) → KernelLink (at once, or when the kernel is heard) → websocket
//   a message in:   websocket → KernelLink → Inbox → Delivery, events, the kernel's status, the request's future, comms
//   a break:        websocket → KernelLink (its reducer decides) → here → Delivery (what was lost, and what is sent again) → KernelLink
import { randomUUID } from "node:crypto";
import type * as v from "valibot";
import { withTimeout } from "../../base/async";
import type { Disposable } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { next } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import type { KernelConnectionOptions } from "./connectionOptions";
import { Delivery } from "./delivery/delivery";
import { Comms, type CommOptions } from "./requests/comm";
import type { FutureHandlers, KernelFuture } from "./requests/future";
import type { MessageHook } from "./requests/hooks";
import { KernelRequests, type KernelRequestOptions } from "./requests/kernelRequests";
import { Inbox } from "./inbox";
import { KernelLink } from "./socket/link";
import { contentOf, createMessage, kernelInfoContent } from "./messages";
import type { Channel, ExecuteReply, JsonObject, KernelInfo, Message } from "./messages";
import type { KernelModel } from "./model";
import { ProcessControl } from "./processControl";
import { Requests } from "./requests/requests";
import { Sender } from "./requests/sender";
import { throwIfEnded, visibleStatus, type ConnectionStatus, type KernelState, type KernelStatus } from "./socket/state";

/**
 * A connection to a running kernel. It connects by itself, reconnects with the same client id, and settles every
 * request. Disposing it never shuts the kernel down.
 */
export class KernelConnection extends KernelRequests implements Disposable {
  readonly clientId: string;
  /** Channels between objects in the kernel and here. */
  readonly comms: Comms;
  readonly #settings: ServerSettings;
  readonly #requests = new Requests();
  readonly #delivery: Delivery;
  readonly #inbox: Inbox;
  readonly #link: KernelLink;
  readonly #process: ProcessControl;
  readonly #sender: Sender;
  #model: KernelModel;
  /** When the last attempt to connect failed. */
  #failedAt = 0;

  constructor({ settings, model, clientId = randomUUID(), handleComms = true }: KernelConnectionOptions) {
    super(settings.log);
    this.#settings = settings;
    this.#model = model;
    this.clientId = clientId;
    const common = { settings, kernelId: model.id, clientId, requests: this.#requests, events: this.events, link: () => this.#link };
    const modelled = (newest: KernelModel): void => void (this.#model = newest);
    const delivery = (this.#delivery = new Delivery({
      ...{ ...common, missed: (gap) => this.events.gap.fire(gap), interrupt: () => this.interrupt() },
      askNothing: () => this.execute({ code: "", silent: true, stopOnError: false }),
      askInfo: (...lane) => this.#askInfo(...lane),
    }));
    this.comms = new Comms(clientId, (...message) => this.#sendComm(...message), settings.log, handleComms);
    const inbox = (this.#inbox = new Inbox({ ...common, delivery, comms: this.comms }));
    this.#sender = new Sender({ ...common, delivery, inbox, sendInput: (value, request) => this.sendInputReply(value, request) });
    const link = (this.#link = new KernelLink({
      ...{ ...common, delivery, modelled },
      received: (message) => inbox.take(message),
      sent: (message) => this.#sent(message),
      changed: (before, now) => this.#changed(before, now),
      replaced: (by) => this.events.variablesLost.fire({ by, isUntold: !this.#requests.hasCode }),
    }));
    this.#process = new ProcessControl({ ...common, link, restarted: modelled });
    link.dispatch({ type: "connect" });
  }

  get id(): string {
    return this.#model.id;
  }

  /** The name of its kernel spec. */
  get name(): string {
    return this.#model.name;
  }

  get model(): KernelModel {
    return this.#model;
  }

  get status(): KernelStatus {
    return visibleStatus(this.#link.state);
  }

  get connectionStatus(): ConnectionStatus {
    return this.#link.state.connection;
  }

  /** When the next attempt to connect is due, in milliseconds since the epoch; undefined where none is awaited. */
  get nextAttempt(): number | undefined {
    const { connection, ended, attempt, pause } = this.#link.state;
    return connection === "disconnected" && !ended && attempt > 0 ? this.#failedAt + pause : undefined;
  }

  /** Why no websocket could be opened the last time; undefined where one is open, or none was refused. */
  get refusal(): Error | undefined {
    return this.#link.state.refusal;
  }

  /** Why this connection has ended for good; undefined while it lives. */
  get ended(): ProductError | undefined {
    return this.#link.state.ended;
  }

  get isDisposed(): boolean {
    return this.#link.state.ended?.code === "disposed";
  }

  /** The kernel's info; renewed after a restart. Rejects when the connection ends before. */
  get info(): Promise<KernelInfo> {
    return this.#delivery.info;
  }

  /** Adds a hook for the iopub messages of the open request with this id; where there is none it does nothing. */
  registerMessageHook(requestId: string, hook: MessageHook): Disposable {
    return this.#requests.get(requestId)?.registerMessageHook(hook) ?? { dispose: () => undefined };
  }

  /** Answers an input_request. @throws ProductError where the connection has ended */
  sendInputReply(value: string, request: Message): void {
    throwIfEnded(this.#link.state);
    this.events.pendingInput.fire(false);
    const parent = { parent: request.header };
    this.#link.send(createMessage(this.clientId, "stdin", "input_reply", { status: "ok", value }, parent));
  }

  /**
   * Stops what runs (`KeyboardInterrupt` in Python).
   * @throws ProductError where the kernel is dead or the server refuses.
   */
  async interrupt(): Promise<void> {
    await this.#process.interrupt();
  }

  /**
   * Takes back messages that wait for a reconnect and were not sent: rejects them with `aborted`.
   * @returns whether anything is open that was sent
   */
  withdraw(): boolean {
    this.#requests.fail(new ProductError("aborted", "It was taken back before it was sent."), "unsent");
    return this.#requests.awaiting;
  }

  /**
   * Restarts the kernel's process: variables are lost, open requests are settled with `kernel-restarted`.
   * Resolves when the new process runs. Concurrent calls join.
   * @param reason the error of open requests instead of the usual one
   */
  restart(reason?: ProductError): Promise<void> {
    return this.#process.restart(reason);
  }

  /**
   * Reconnects now, by a new websocket; resolves when it is open.
   * @throws ProductError where the connection has ended or ends; `timeout` where it takes longer than a handshake may
   */
  async reconnect(): Promise<void> {
    throwIfEnded(this.#link.state);
    this.#link.reconnect();
    const connected = next(this.onDidChangeConnectionStatus, (status) => status === "connected", this.#link.ending);
    const { label, timeouts } = this.#settings;
    await withTimeout(connected, timeouts.handshake, `${label} could not be reached yet; it is tried again and again.`);
  }

  /**
   * Closes the websocket of an idle kernel until the next use, which connects with the same client id: an open one counts
   * as activity of its server and keeps it running. The server keeps the kernel's messages for the replay.
   * @returns false where the connection is in use, or is none
   */
  rest(): boolean {
    return this.#link.rest();
  }

  /** Checks liveness now: after sleep or rest, a change of network, or before something important. */
  probe(): void {
    this.#link.check();
  }

  /** Shuts the kernel down for everyone, and ends this connection. A kernel that is gone already is fine. */
  shutdown(): Promise<void> {
    return this.#process.shutdown();
  }

  /** The kernel is known to be gone (its model has vanished): ends the connection and settles all requests so. */
  end(error: ProductError): void {
    this.#link.dispatch({ type: "gone", error });
  }

  /** Another connection to the same kernel, with an id of its own. */
  clone(): KernelConnection {
    return new KernelConnection({ settings: this.#settings, model: this.#model });
  }

  /**
   * Disconnects so that nothing is lost: what the server has sent is still received, what comes later it keeps for the
   * next connection with this client id. Requests stay open until `dispose`, which must follow.
   * @returns false where something that was on its way may be lost
   */
  leave(): Promise<boolean> {
    return this.#link.leave();
  }

  dispose(): void {
    this.#link.dispose();
  }

  override resume(id: string, earlier: readonly Message[], handlers: FutureHandlers = {}): KernelFuture<ExecuteReply> {
    return this.#sender.resume(createMessage(this.clientId, "shell", "execute_request", {}, { id }), earlier, handlers);
  }

  protected override request<S extends v.GenericSchema>(
    channel: Channel,
    type: string,
    content: JsonObject,
    schema: S,
    handlers: FutureHandlers = {},
    options: KernelRequestOptions = {},
  ): KernelFuture<v.InferOutput<S>> {
    const message = createMessage(this.clientId, channel, type, content, options);
    const read = (reply: Message): v.InferOutput<S> => contentOf(reply, schema);
    const { outlivesDone = false, isAside = false } = options;
    return this.#sender.send(message, handlers, { read, outlivesDone, isAside }, options.waits);
  }

  #askInfo(channel: Channel, subshell: string | undefined, onReply: () => void): KernelFuture<KernelInfo> {
    return this.request(channel, "kernel_info_request", {}, kernelInfoContent, { onReply }, subshell === undefined ? {} : { subshell });
  }

  #sendComm(type: string, content: JsonObject, { handlers = {}, ...options }: CommOptions): KernelFuture<undefined> {
    const message = createMessage(this.clientId, "shell", type, content, options);
    return this.#sender.send(message, handlers, { read: () => undefined, replies: false });
  }

  #sent(message: Message): void {
    this.#delivery.sent(message);
    this.events.anyMessage.fire({ direction: "send", message });
  }

  #changed(before: KernelState, now: KernelState): void {
    if (before.kernel !== now.kernel && now.kernel.endsWith("restarting")) this.#restarts();
    const [statusBefore, status] = [visibleStatus(before), visibleStatus(now)];
    if (statusBefore !== status) this.events.statusChanged.fire(status);
    if (before.connection !== now.connection) {
      if (now.connection === "disconnected") this.#failedAt = Date.now();
      if (before.connection === "connected") this.#delivery.broke(now.silent);
      if (now.connection === "connected") this.#delivery.mended();
      this.events.connectionStatusChanged.fire(now.connection);
    }
    if (!before.ended && now.ended) this.#finish(now.ended);
  }

  /** The kernel's old process is gone, with all it held. */
  #restarts(): void {
    this.#inbox.restarts();
    this.#delivery.restarted();
    this.comms.lose();
  }

  #finish(error: ProductError): void {
    this.#delivery.end(error);
    this.comms.lose();
    this.events.disposed.fire();
    this.events.dispose();
  }
}
