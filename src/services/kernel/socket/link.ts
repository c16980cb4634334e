// The websocket of one kernel connection over its life: it performs what the pure reducer (state.ts) decides, and holds the
// websocket and the timers.
import { Deferred } from "../../../base/async";
import type { Disposable } from "../../../base/disposable";
import type { ProductError } from "../../../base/errors";
import type { Socket, SocketClose } from "../../../transport/socket";
import { WebSocketOpener } from "./webSocketOpener";
import type { Message } from "../messages";
import type { LinkPorts } from "./linkPorts";
import { LinkQuestions } from "./linkQuestions";
import { Outgoing } from "./outgoing";
import { KernelRestProbe } from "./kernelRestProbe";
import { initialState, reduce, type KernelEffect, type KernelEvent, type KernelState } from "./state";

/** Milliseconds that the server has to close its side when we leave: a window that is closed waits no longer. */
const leaveBound = 2_000;

/** Performs the reducer's effects, and holds messages while there is no websocket. */
export class KernelLink implements Disposable {
  readonly #ports: LinkPorts;
  readonly #ending = new AbortController();
  readonly #questions: LinkQuestions;
  readonly #channels: WebSocketOpener;
  readonly #outgoing: Outgoing;
  #state: KernelState = initialState;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** How the websocket that is being left has closed. */
  #left: Deferred<SocketClose> | undefined;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    const { settings, kernelId, clientId } = ports;
    const state = (): KernelState => this.#state;
    this.#outgoing = new Outgoing({ ...ports, state, socket: () => this.#socket, hurry: () => this.#hurry() });
    const server = new KernelRestProbe(settings, kernelId, this.ending);
    this.#questions = new LinkQuestions({ ...ports, server, state, dispatch: (event) => this.dispatch(event) });
    this.#channels = new WebSocketOpener({
      ...{ settings, kernelId, clientId, ending: this.ending },
      askServer: () => server.get(),
      received: (message) => this.#received(message),
      opened: (socket) => this.#opened(socket),
      refused: (error) => this.#questions.refused(error),
      closed: (close) => this.#closed(close),
    });
  }

  get state(): KernelState {
    return this.#state;
  }

  /** Aborts when the connection has ended for good. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Reduces an event to the next state and performs its effects. */
  dispatch(event: KernelEvent): void {
    const before = this.#state;
    const { state, effects } = reduce(before, event);
    this.#state = state;
    if (state.ended) this.#end(state.ended);
    for (const effect of effects) this.#perform(effect);
    if (state !== before) this.#ports.changed(before, state);
  }

  /**
   * Sends now, or as soon as there is a connection and the kernel is not being restarted; what waits for too long fails.
   * @param waits it may wait for as long as it takes
   * @throws ProductError `busy` where too much waits, `invalid-message` where it cannot be written
   */
  send(message: Message, waits = false): void {
    this.#outgoing.send(message, waits);
  }

  /** Sends waiting messages that have to wait no longer. */
  flush(): void {
    this.#outgoing.flush();
  }

  /** The set of requests that wait for a reply has changed. */
  updateWaiting(): void {
    this.#outgoing.updateWaiting();
  }

  /** Probes the kernel, where there is a connection: its reply proves that earlier requests are over. */
  ask(): void {
    if (this.#socket) this.#probe();
  }

  /** Reconnects now. Messages that the server sends on the old websocket until it hears of that are still received. */
  reconnect(): void {
    const hurry = (): void => this.#hurry();
    if (this.#socket) void this.#socket.leave(leaveBound).then(hurry);
    else hurry();
  }

  /** Checks liveness now; a broken connection is found out, one that waits for its next attempt reconnects. */
  check(): void {
    if (this.#socket) this.#socket.probe();
    else this.#hurry();
  }

  /**
   * Closes the websocket in order until it is used: the server keeps messages for the replay on the next one.
   * @returns false where it is needed
   */
  rest(): boolean {
    const before = this.#state;
    if (!this.#ports.requests.isNeeded) this.dispatch({ type: "rest" });
    return this.#state !== before;
  }

  /**
   * Closes the websocket in order, and opens no other: messages that the server has sent are received, later ones it keeps for the replay.
   * @returns whether that is certain
   */
  async leave(): Promise<boolean> {
    if (!this.#socket) return true;
    this.#left ??= new Deferred();
    this.dispatch({ type: "leave" });
    // Without the server's own close frame it is not known what it has sent.
    return (await this.#left.promise).code !== 1006;
  }

  dispose(): void {
    this.dispatch({ type: "disposed" });
    this.#left?.resolve({ code: 1006, reason: "", silent: false });
  }

  #perform(effect: KernelEffect): void {
    switch (effect.type) {
      case "open":
        this.#open(effect.after);
        break;
      case "close":
        this.#socket?.close();
        break;
      case "leave":
        void this.#socket?.leave(leaveBound);
        break;
      case "read":
        if (this.#socket) this.#socket.paused = effect.paused;
        break;
      case "reopen":
        this.#reopen();
        break;
      case "fail":
        if (effect.replaced) this.#ports.replaced(effect.replaced);
        this.#ports.requests.fail(effect.error, effect.only, effect.notBegun);
        break;
      case "probe":
        this.#probe();
        void this.#questions.refreshModel(effect.outage);
        break;
      case "flush":
        this.flush();
        break;
      case "ask-eviction":
        void this.#questions.askEviction();
        break;
      case "await-end":
        void this.#questions.awaitEnd();
        break;
    }
  }

  #probe(): void {
    const { attempt } = this.#channels;
    const { kernelId, settings } = this.#ports;
    const isOver = (): boolean => attempt !== this.#channels.attempt || this.#state.ended !== undefined;
    this.#ports.delivery.probe({
      isNew: this.#state.heard !== "yes",
      onIOPub: () => {
        if (!isOver()) this.dispatch({ type: "heard", by: "answer" });
      },
      onNoIOPub: () => {
        if (!isOver()) this.reconnect();
      },
      onNoReply: () => {
        void this.#questions.isIdle().then((isIdle) => {
          if (!isIdle || isOver() || this.#state.heard === "yes") return;
          settings.log.info(`${settings.label}: kernel ${kernelId} is idle and does not answer; another connection is made`);
          this.reconnect();
        });
      },
    });
  }

  #end(error: ProductError): void {
    this.#ending.abort(error);
    clearTimeout(this.#retry);
    this.#outgoing.unbound();
  }

  /** Cuts the back-off between two attempts short. */
  #hurry(): void {
    clearTimeout(this.#retry);
    this.dispatch({ type: "connect" });
  }

  #open(after: number): void {
    clearTimeout(this.#retry);
    if (after > 0) this.#retry = setTimeout(() => this.dispatch({ type: "connect" }), after);
    else this.#channels.open(this.#state.silent);
  }

  /**
   * One after the other: a server that has two websockets with one session id gives the connections to the kernel of the
   * older to the newer, and may close them when it is through with the older: nothing would come or go any more.
   */
  #reopen(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#channels.open(false, socket?.leave(leaveBound));
  }

  #received(message: Message): void {
    // A message with our own session id was made by the server.
    if (this.#state.unanswered && message.header.session !== this.#ports.clientId) this.dispatch({ type: "answered" });
    this.#ports.received(message);
  }

  #opened(socket: Socket): void {
    this.#socket = socket;
    this.#outgoing.unbound();
    this.dispatch({ type: "opened" });
    this.updateWaiting();
  }

  #closed(close: SocketClose): void {
    this.#socket = undefined;
    this.#left?.resolve(close);
    if (this.#state.ended) return;
    const { settings, kernelId, requests } = this.#ports;
    settings.log.debug(`${settings.label}: connection to kernel ${kernelId} closed`, close);
    // What is left stays open until it is disposed of.
    if (this.#state.closing !== "leave") this.#outgoing.bound();
    // A close without a code is what the server sends to the older of two sockets with one session id.
    this.dispatch({ type: "closed", suspect: close.code === 1005, silent: close.silent, awaiting: requests.awaiting });
    // It was asked for meanwhile.
    if (this.#state.connection === "resting" && requests.isNeeded) this.#hurry();
  }
}
