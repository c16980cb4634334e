// KernelConnection: one client on one kernel by websocket. It performs what the pure reducer (state.ts) decides.
import { randomUUID } from "node:crypto";
import type * as v from "valibot";
import { Deferred } from "../../base/async";
import type { Disposable } from "../../base/disposable";
import { ConnectError, asError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import { openSocket, type Socket, type SocketClose } from "../../transport/socket";
import type { ServerSettings } from "../../transport/settings";
import { getKernel, interruptKernel, restartKernel, shutdownKernel } from "./client";
import { decode, encode, v1Protocol } from "./codec";
import { KernelFuture, type FutureHandlers } from "./future";
import {
  contentOf,
  createMessage,
  executeReplyContent,
  kernelInfoContent,
  replyContent,
  statusContent,
  type Channel,
  type ExecuteReply,
  type JsonObject,
  type KernelInfo,
  type Message,
  type MessageOptions,
  type Reply,
} from "./messages";
import type { KernelModel } from "./model";
import { Requests } from "./requests";
import { initialState, reduce, visibleStatus, type ConnectionStatus, type KernelEffect, type KernelEvent, type KernelState, type KernelStatus } from "./state";

export interface KernelConnectionOptions {
  readonly settings: ServerSettings;
  readonly model: KernelModel;
  /**
   * The client's id: the websocket's `session_id` and every message's `header.session`. The server replays what a
   * client missed to the same id; two holders of one id would evict each other.
   */
  readonly clientId?: string;
}

/** What to execute; see `execute_request` of the messaging specification. */
export interface ExecuteRequest {
  readonly code: string;
  readonly silent?: boolean;
  readonly storeHistory?: boolean;
  readonly allowStdin?: boolean;
  /** Whether the kernel drops what is queued behind this when it fails. */
  readonly stopOnError?: boolean;
}

/** A stretch of time, in milliseconds since the epoch, in which messages may have been lost. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * A connection to a running kernel. It connects by itself, reconnects with the same client id, and settles every
 * request. Disposing it never shuts the kernel down.
 */
export class KernelConnection implements Disposable {
  readonly clientId: string;
  readonly #settings: ServerSettings;
  readonly #requests = new Requests();
  readonly #statusChanged: Emitter<KernelStatus>;
  readonly #connectionStatusChanged: Emitter<ConnectionStatus>;
  readonly #iopubMessage: Emitter<Message>;
  readonly #unhandledMessage: Emitter<Message>;
  readonly #anyMessage: Emitter<{ readonly direction: "send" | "recv"; readonly message: Message }>;
  readonly #pendingInput: Emitter<boolean>;
  readonly #gap: Emitter<Gap>;
  readonly #disposed: Emitter<void>;
  readonly #ending = new AbortController();
  #model: KernelModel;
  #state: KernelState = initialState;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #unsentTimer: NodeJS.Timeout | undefined;
  #lostSince: { readonly at: number; readonly silent: boolean } | undefined;
  #info = new Deferred<KernelInfo>();
  #probe: KernelFuture<KernelInfo> | undefined;

  constructor(options: KernelConnectionOptions) {
    this.#settings = options.settings;
    this.#model = options.model;
    this.clientId = options.clientId ?? randomUUID();
    const { log } = options.settings;
    this.#statusChanged = new Emitter(log);
    this.#connectionStatusChanged = new Emitter(log);
    this.#iopubMessage = new Emitter(log);
    this.#unhandledMessage = new Emitter(log);
    this.#anyMessage = new Emitter(log);
    this.#pendingInput = new Emitter(log);
    this.#gap = new Emitter(log);
    this.#disposed = new Emitter(log);
    this.#dispatch({ type: "connect" });
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
    return visibleStatus(this.#state);
  }

  get connectionStatus(): ConnectionStatus {
    return this.#state.connection;
  }

  /** Why this connection has ended for good; undefined while it lives. */
  get ended(): ConnectError | undefined {
    return this.#state.ended;
  }

  get isDisposed(): boolean {
    return this.#state.ended?.code === "disposed";
  }

  /** What the kernel says of itself; renewed after a restart. Rejects when the connection ends before. */
  get info(): Promise<KernelInfo> {
    return this.#info.promise;
  }

  get onDidChangeStatus() {
    return this.#statusChanged.event;
  }

  get onDidChangeConnectionStatus() {
    return this.#connectionStatusChanged.event;
  }

  /** Every iopub message, whoever caused it. */
  get onIOPubMessage() {
    return this.#iopubMessage.event;
  }

  /** Messages that answer this client but belong to no open request; iopub is never among them. */
  get onUnhandledMessage() {
    return this.#unhandledMessage.event;
  }

  get onAnyMessage() {
    return this.#anyMessage.event;
  }

  /** True when the kernel asks for input, false when it was answered. */
  get onPendingInput() {
    return this.#pendingInput.event;
  }

  /** After a reconnect, when messages of the time between may have been lost. */
  get onDidMissMessages() {
    return this.#gap.event;
  }

  /** Fired once, when the connection has ended: disposed, dead, evicted. */
  get onDidDispose() {
    return this.#disposed.event;
  }

  /** Runs code. @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
  execute(request: ExecuteRequest, handlers: FutureHandlers = {}, options: MessageOptions = {}): KernelFuture<ExecuteReply> {
    const content = {
      code: request.code,
      silent: request.silent ?? false,
      store_history: request.storeHistory ?? !request.silent,
      user_expressions: {},
      allow_stdin: request.allowStdin ?? false,
      stop_on_error: request.stopOnError ?? true,
    };
    return this.#request("shell", "execute_request", content, executeReplyContent, handlers, options);
  }

  /** Asks the kernel for what `info` holds, on the shell channel, behind whatever runs. */
  requestKernelInfo(): KernelFuture<KernelInfo> {
    return this.#request("shell", "kernel_info_request", {}, kernelInfoContent);
  }

  /** Any shell request whose reply has a status, e.g. `complete_request`. */
  sendShell(type: string, content: JsonObject, handlers: FutureHandlers = {}, options: MessageOptions = {}): KernelFuture<Reply> {
    return this.#request("shell", type, content, replyContent, handlers, options);
  }

  /** As `sendShell`, on the control channel: answered while a cell runs. */
  sendControl(type: string, content: JsonObject, handlers: FutureHandlers = {}, options: MessageOptions = {}): KernelFuture<Reply> {
    return this.#request("control", type, content, replyContent, handlers, options);
  }

  /**
   * Stops what runs (`KeyboardInterrupt` in Python).
   * @throws ConnectError where the kernel is dead or the server refuses.
   */
  async interrupt(): Promise<void> {
    this.#throwIfEnded();
    await this.#guardGone(interruptKernel(this.#settings, this.id, { signal: this.#ending.signal }));
  }

  /**
   * Restarts the kernel's process: variables are lost, open requests are settled with `kernel-restarted`.
   * Resolves when the new process runs.
   * @param reason what open requests are told instead of the usual words
   */
  async restart(reason?: ConnectError): Promise<void> {
    this.#throwIfEnded();
    this.#dispatch({ type: "restart", ...(reason && { error: reason }) });
    try {
      const restarted = restartKernel(this.#settings, this.id, { signal: this.#ending.signal });
      this.#model = await this.#guardGone(restarted);
      this.#dispatch({ type: "restarted" });
    } catch (error) {
      this.#dispatch({ type: "restart-failed" });
      throw error;
    }
  }

  /** Makes a new websocket now. @throws ConnectError where the connection has ended. */
  reconnect(): void {
    this.#throwIfEnded();
    if (this.#socket) this.#socket.close();
    else this.#dispatch({ type: "connect" });
  }

  /** Asks for a sign of life now: after sleep, a change of network, or before something important. */
  probe(): void {
    if (this.#socket) this.#socket.probe();
    else if (!this.#state.ended && this.#timer) this.#open(0);
  }

  /** Shuts the kernel down for everyone, and ends this connection. A kernel that is gone already is fine. */
  async shutdown(): Promise<void> {
    if (this.#state.kernel !== "dead") await shutdownKernel(this.#settings, this.id);
    this.end(new ConnectError("kernel-dead", "The kernel was shut down."));
  }

  /** The kernel is known to be gone (its model has vanished): ends the connection and settles all requests so. */
  end(error: ConnectError): void {
    this.#dispatch({ type: "gone", error });
  }

  /** Another connection to the same kernel, with an id of its own. */
  clone(): KernelConnection {
    return new KernelConnection({ settings: this.#settings, model: this.#model });
  }

  dispose(): void {
    this.#dispatch({ type: "disposed" });
  }

  #request<S extends v.GenericSchema>(
    channel: Channel,
    type: string,
    content: JsonObject,
    schema: S,
    handlers: FutureHandlers = {},
    options: MessageOptions = {},
  ): KernelFuture<v.InferOutput<S>> {
    const message = createMessage(this.clientId, channel, type, content, options);
    const future = new KernelFuture<v.InferOutput<S>>(message, handlers, {
      log: this.#settings.log,
      read: (reply) => contentOf(reply, schema),
      sendInput: (value, request) => {
        this.#pendingInput.fire(false);
        const parent = { parent: request.header };
        this.#send(createMessage(this.clientId, "stdin", "input_reply", { status: "ok", value }, parent));
      },
      ended: () => {
        this.#requests.remove(message);
        this.#updateWaiting();
      },
    });
    this.#requests.add(future);
    if (this.#state.ended) future.fail(this.#state.ended);
    else this.#send(message);
    return future;
  }

  #send(message: Message): void {
    if (this.#socket) {
      this.#anyMessage.fire({ direction: "send", message });
      this.#updateWaiting();
      this.#socket.send(encode(message, this.#socket.protocol));
      return;
    }
    this.#requests.hold(message);
    this.#unsentTimer ??= setTimeout(() => this.#failUnsent(), this.#settings.timeouts.request);
    // Somebody waits: no reason to sit out the pause between two attempts.
    if (this.#timer) this.#open(0);
  }

  #failUnsent(): void {
    this.#unsentTimer = undefined;
    const seconds = this.#settings.timeouts.request / 1000;
    const text = `${this.#settings.label} could not be reached for ${seconds} s, and the request was not sent. Check your network and run it again.`;
    this.#requests.fail(new ConnectError("unreachable", text), "unsent");
  }

  #updateWaiting(): void {
    if (this.#socket) this.#socket.waiting = this.#requests.awaiting;
  }

  #dispatch(event: KernelEvent): void {
    const before = this.#state;
    const status = this.status;
    const { state, effects } = reduce(before, event);
    this.#state = state;
    if (before.kernel !== state.kernel && /restarting/.test(state.kernel) && this.#info.settled) this.#info = new Deferred();
    for (const effect of effects) this.#perform(effect);
    if (status !== this.status) this.#statusChanged.fire(this.status);
    if (before.connection !== state.connection) this.#connectionStatusChanged.fire(state.connection);
    if (!before.ended && state.ended) this.#finish(state.ended);
  }

  #perform(effect: KernelEffect): void {
    switch (effect.type) {
      case "open":
        this.#open(effect.after);
        break;
      case "close":
        this.#ending.abort(this.#state.ended);
        clearTimeout(this.#timer);
        this.#socket?.close();
        break;
      case "fail":
        this.#requests.fail(effect.error, effect.only);
        break;
      case "probe":
        this.#sendProbe();
        break;
    }
  }

  #finish(error: ConnectError): void {
    clearTimeout(this.#unsentTimer);
    this.#info.reject(error);
    this.#disposed.fire();
    for (const emitter of [this.#statusChanged, this.#connectionStatusChanged, this.#iopubMessage, this.#unhandledMessage, this.#anyMessage, this.#pendingInput, this.#gap, this.#disposed]) {
      emitter.dispose();
    }
  }

  #open(after: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (after > 0) {
      this.#timer = setTimeout(() => this.#open(0), after);
      return;
    }
    let socket: Socket | undefined;
    let over = false;
    const listener = {
      message: (frame: string | Buffer): void => this.#received(frame, socket),
      closed: (close: SocketClose): void => {
        over = true;
        if (socket) this.#closed(close);
      },
    };
    const path = `api/kernels/${encodeURIComponent(this.id)}/channels`;
    const options = { query: { session_id: this.clientId }, subprotocol: v1Protocol, signal: this.#ending.signal };
    openSocket(this.#settings, path, listener, options).then(
      (opened) => {
        socket = opened;
        if (over) this.#refused(new ConnectError("connection-lost", `${this.#settings.label} closed the connection at once.`));
        else this.#opened(opened);
      },
      (error: unknown) => this.#refused(asError(error)),
    );
  }

  #refused(error: Error): void {
    this.#settings.log.debug(`${this.#settings.label}: no connection to kernel ${this.id}`, error);
    this.#dispatch({ type: "refused", error });
  }

  #opened(socket: Socket): void {
    if (this.#state.ended) {
      socket.close();
      return;
    }
    this.#socket = socket;
    clearTimeout(this.#unsentTimer);
    this.#unsentTimer = undefined;
    this.#dispatch({ type: "opened" });
    for (const message of this.#requests.takeUnsent()) this.#send(message);
    this.#updateWaiting();
  }

  /** What the first reply behind all earlier requests tells: the kernel's info, and which replies were lost. */
  #sendProbe(): void {
    this.#probe?.dispose();
    const { mark } = this.#requests;
    const probe = this.requestKernelInfo();
    this.#probe = probe;
    probe.done.then(
      (info) => {
        this.#requests.closeBefore(mark);
        this.#info.resolve(info);
      },
      (error: unknown) => this.#settings.log.debug(`Kernel ${this.id} was not asked to the end`, error),
    );
    void this.#refreshModel();
  }

  /** A busy kernel says nothing by itself; the server's model tells, and whether others kept the kernel's buffer from us. */
  async #refreshModel(): Promise<void> {
    const lost = this.#lostSince;
    this.#lostSince = undefined;
    try {
      this.#model = await getKernel(this.#settings, this.id, { signal: this.#ending.signal });
      this.#dispatch({ type: "modelled", status: this.#model.execution_state });
    } catch (error) {
      if (this.#state.ended) return;
      if (hasCode(error, "not-found")) this.#dispatch({ type: "refused", error });
      else this.#settings.log.warn(`${this.#settings.label}: the model of kernel ${this.id} could not be read`, error);
    }
    if (lost && (lost.silent || this.#model.connections > 1)) this.#gap.fire({ from: lost.at, to: Date.now() });
  }

  #closed(close: SocketClose): void {
    this.#socket = undefined;
    if (this.#state.ended) return;
    this.#settings.log.debug(`${this.#settings.label}: connection to kernel ${this.id} closed`, close);
    if (this.#requests.awaiting) this.#lostSince = { at: Date.now(), silent: close.silent };
    // A close without a code is what the server sends to the older of two sockets with one session id.
    if (close.code === 1005) void this.#checkEviction();
    else this.#dispatch({ type: "closed" });
  }

  async #checkEviction(): Promise<void> {
    let others = 0;
    try {
      others = (await getKernel(this.#settings, this.id, { signal: this.#ending.signal })).connections;
    } catch (error) {
      this.#settings.log.debug(`Kernel ${this.id} could not be asked for its connections`, error);
    }
    this.#dispatch({ type: others > 0 ? "evicted" : "closed" });
  }

  #received(frame: string | Buffer, socket: Socket | undefined): void {
    try {
      // Frames of the packet that opened the socket come before it is known here; both protocols tell themselves apart.
      const protocol = socket?.protocol ?? (typeof frame === "string" ? "" : v1Protocol);
      this.#handle(decode(frame, protocol));
    } catch (error) {
      // One faulty message is no reason to stop listening.
      this.#settings.log.warn(`${this.#settings.label}: a message of kernel ${this.id} was left out`, error);
    }
  }

  #handle(message: Message): void {
    this.#anyMessage.fire({ direction: "recv", message });
    if (message.channel === "iopub" && message.header.msg_type === "status") {
      const { execution_state: status } = contentOf(message, statusContent);
      this.#dispatch({ type: "told", status, solicited: message.parent_header.msg_id !== undefined });
    }
    if (message.header.msg_type === "input_request") this.#pendingInput.fire(true);
    const future = this.#requests.find(message);
    if (future) future.handle(message);
    else if (message.channel !== "iopub" && message.parent_header.session === this.clientId) {
      this.#unhandledMessage.fire(message);
    }
    if (message.channel === "iopub") this.#iopubMessage.fire(message);
  }

  #throwIfEnded(): void {
    if (this.#state.ended) throw this.#state.ended;
  }

  async #guardGone<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      if (hasCode(error, "not-found", "server-stopped")) this.#dispatch({ type: "refused", error });
      throw this.#state.ended ?? error;
    }
  }
}
