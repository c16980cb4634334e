// KernelConnection: one client on one kernel: its requests, its events, its status.
import { randomUUID } from "node:crypto";
import type * as v from "valibot";
import { Deferred } from "../../base/async";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { ConnectError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import { interruptKernel, restartKernel, shutdownKernel } from "./client";
import { KernelFuture, type FutureHandlers } from "./future";
import { KernelLink, type Gap } from "./link";
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
import { visibleStatus, type ConnectionStatus, type KernelState, type KernelStatus } from "./state";

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

/**
 * A connection to a running kernel. It connects by itself, reconnects with the same client id, and settles every
 * request. Disposing it never shuts the kernel down.
 */
export class KernelConnection implements Disposable {
  readonly clientId: string;
  readonly #settings: ServerSettings;
  readonly #requests = new Requests();
  readonly #events = new DisposableStore();
  readonly #statusChanged: Emitter<KernelStatus>;
  readonly #connectionStatusChanged: Emitter<ConnectionStatus>;
  readonly #iopubMessage: Emitter<Message>;
  readonly #unhandledMessage: Emitter<Message>;
  readonly #anyMessage: Emitter<{ readonly direction: "send" | "recv"; readonly message: Message }>;
  readonly #pendingInput: Emitter<boolean>;
  readonly #gap: Emitter<Gap>;
  readonly #disposed: Emitter<void>;
  readonly #link: KernelLink;
  #model: KernelModel;
  #info = new Deferred<KernelInfo>();
  #probe: KernelFuture<KernelInfo> | undefined;

  constructor(options: KernelConnectionOptions) {
    this.#settings = options.settings;
    this.#model = options.model;
    this.clientId = options.clientId ?? randomUUID();
    const { log } = options.settings;
    this.#statusChanged = this.#events.add(new Emitter(log));
    this.#connectionStatusChanged = this.#events.add(new Emitter(log));
    this.#iopubMessage = this.#events.add(new Emitter(log));
    this.#unhandledMessage = this.#events.add(new Emitter(log));
    this.#anyMessage = this.#events.add(new Emitter(log));
    this.#pendingInput = this.#events.add(new Emitter(log));
    this.#gap = this.#events.add(new Emitter(log));
    this.#disposed = this.#events.add(new Emitter(log));
    this.#link = new KernelLink({
      settings: options.settings,
      kernelId: options.model.id,
      clientId: this.clientId,
      requests: this.#requests,
      received: (message) => this.#received(message),
      sent: (message) => this.#anyMessage.fire({ direction: "send", message }),
      changed: (before, now) => this.#changed(before, now),
      probe: () => this.#probeRequests(),
      modelled: (model) => (this.#model = model),
      missed: (gap) => this.#gap.fire(gap),
    });
    this.#link.dispatch({ type: "connect" });
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

  /** Why this connection has ended for good; undefined while it lives. */
  get ended(): ConnectError | undefined {
    return this.#link.state.ended;
  }

  get isDisposed(): boolean {
    return this.#link.state.ended?.code === "disposed";
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
    await this.#guardGone(interruptKernel(this.#settings, this.id, { signal: this.#link.ending }));
  }

  /**
   * Restarts the kernel's process: variables are lost, open requests are settled with `kernel-restarted`.
   * Resolves when the new process runs.
   * @param reason what open requests are told instead of the usual words
   */
  async restart(reason?: ConnectError): Promise<void> {
    this.#throwIfEnded();
    this.#link.dispatch({ type: "restart", ...(reason && { error: reason }) });
    try {
      const restarted = restartKernel(this.#settings, this.id, { signal: this.#link.ending });
      this.#model = await this.#guardGone(restarted);
      this.#link.dispatch({ type: "restarted" });
    } catch (error) {
      this.#link.dispatch({ type: "restart-failed" });
      throw error;
    }
  }

  /** Makes a new websocket now. @throws ConnectError where the connection has ended. */
  reconnect(): void {
    this.#throwIfEnded();
    this.#link.reconnect();
  }

  /** Asks for a sign of life now: after sleep, a change of network, or before something important. */
  probe(): void {
    this.#link.check();
  }

  /** Shuts the kernel down for everyone, and ends this connection. A kernel that is gone already is fine. */
  async shutdown(): Promise<void> {
    if (this.#link.state.kernel !== "dead") await shutdownKernel(this.#settings, this.id);
    this.end(new ConnectError("kernel-dead", "The kernel was shut down."));
  }

  /** The kernel is known to be gone (its model has vanished): ends the connection and settles all requests so. */
  end(error: ConnectError): void {
    this.#link.dispatch({ type: "gone", error });
  }

  /** Another connection to the same kernel, with an id of its own. */
  clone(): KernelConnection {
    return new KernelConnection({ settings: this.#settings, model: this.#model });
  }

  dispose(): void {
    this.#link.dispatch({ type: "disposed" });
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
        this.#link.send(createMessage(this.clientId, "stdin", "input_reply", { status: "ok", value }, parent));
      },
      ended: () => {
        this.#requests.remove(message);
        this.#link.updateWaiting();
      },
    });
    this.#requests.add(future);
    if (this.#link.state.ended) future.fail(this.#link.state.ended);
    else this.#link.send(message);
    return future;
  }

  #changed(before: KernelState, now: KernelState): void {
    if (before.kernel !== now.kernel && now.kernel.endsWith("restarting") && this.#info.settled) this.#info = new Deferred();
    const [statusBefore, status] = [visibleStatus(before), visibleStatus(now)];
    if (statusBefore !== status) this.#statusChanged.fire(status);
    if (before.connection !== now.connection) this.#connectionStatusChanged.fire(now.connection);
    if (!before.ended && now.ended) this.#finish(now.ended);
  }

  #finish(error: ConnectError): void {
    this.#info.reject(error);
    this.#disposed.fire();
    this.#events.dispose();
  }

  /** What the first reply behind all earlier requests tells: the kernel's info, and which replies were lost. */
  #probeRequests(): void {
    this.#probe?.dispose();
    const earlier = this.#requests.sent;
    this.#probe = this.requestKernelInfo();
    this.#probe.done.then(
      (info) => {
        this.#requests.close(earlier);
        this.#info.resolve(info);
      },
      (error: unknown) => this.#settings.log.debug(`Kernel ${this.id} was not asked to the end`, error),
    );
  }

  #received(message: Message): void {
    this.#anyMessage.fire({ direction: "recv", message });
    if (message.channel === "iopub" && message.header.msg_type === "status") {
      const { execution_state: status } = contentOf(message, statusContent);
      this.#link.dispatch({ type: "told", status, solicited: message.parent_header.msg_id !== undefined });
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
    if (this.#link.state.ended) throw this.#link.state.ended;
  }

  async #guardGone<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      if (hasCode(error, "not-found", "server-stopped")) this.#link.dispatch({ type: "refused", error });
      throw this.#link.state.ended ?? error;
    }
  }
}
