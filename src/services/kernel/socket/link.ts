// The websocket of one kernel connection over its life: it performs what the pure reducer (state.ts) decides.
import type { Disposable } from "../../../base/disposable";
import type { ConnectError } from "../../../base/errors";
import type { Socket, SocketClose } from "../../../transport/socket";
import type { ServerSettings } from "../../../transport/settings";
import { KernelChannels } from "./channels";
import type { Message } from "../messages";
import type { LinkPorts } from "./linkPorts";
import { LinkQuestions } from "./linkQuestions";
import { Outgoing } from "./outgoing";
import { ServerModel } from "./serverModel";
import { initialState, pause, reduce, type KernelEffect, type KernelEvent, type KernelState } from "./state";

/** Milliseconds that the server has to close its side when we leave: a window that is closed waits no longer. */
const leaveBound = 2_000;

/** Performs what the reducer decides, and holds what is to be sent while there is no websocket. */
export class KernelLink implements Disposable {
  readonly #ports: LinkPorts;
  readonly #ending = new AbortController();
  readonly #questions: LinkQuestions;
  readonly #channels: KernelChannels;
  readonly #outgoing: Outgoing;
  #state: KernelState = initialState;
  #socket: Socket | undefined;
  /** Why the kernel may not be heard on iopub yet: the connection is fresh, or the process is a new one. */
  #unheard: "connection" | "process" | undefined = "connection";
  #congestion = 0;
  #openedAt = 0;
  #retry: NodeJS.Timeout | undefined;
  /** Whether the websocket is being closed because nobody needs it. */
  #resting = false;
  /** Told how the websocket that is being left has closed. */
  #leaving: ((close: SocketClose) => void) | undefined;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
    const { settings, kernelId, clientId } = ports;
    this.#outgoing = new Outgoing({
      ...{ settings, requests: ports.requests, socket: () => this.#socket, isHeard: () => this.isHeard, hurry: () => this.#hurry() },
      isRestarting: () => this.#state.kernel === "restarting",
      holdsBack: (message) => ports.holdsBack(message),
      sent: (message) => ports.sent(message),
    });
    const server = new ServerModel(settings, kernelId, this.ending);
    this.#questions = new LinkQuestions({
      ...{ settings, kernelId, server, state: () => this.#state, dispatch: (event) => this.dispatch(event) },
      modelled: (model) => ports.modelled(model),
      missed: (gap) => ports.missed(gap),
    });
    this.#channels = new KernelChannels({
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

  /** Whether the kernel's present process has been heard on all channels. */
  get isHeard(): boolean {
    return this.#unheard === undefined;
  }

  /** Whether the kernel was restarted, and what is heard may still be the process before. */
  get mayHearOldProcess(): boolean {
    return this.#unheard === "process";
  }

  /** Aborts when the connection has ended for good. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Something has happened: becomes the next state and does what that asks for. */
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
   * @throws ConnectError `busy` where too much waits, `invalid-message` where it cannot be written
   */
  send(message: Message, waits = false): void {
    this.#outgoing.send(message, waits);
  }

  /** Sends what waits, as far as it has to wait no longer. */
  flush(): void {
    this.#outgoing.flush();
  }

  /** What waits for an answer has changed. */
  updateWaiting(): void {
    this.#outgoing.updateWaiting();
  }

  /** Some handlers are too slow, or no longer: as long as any are, the server has to wait. */
  congested(congested: boolean): void {
    this.#congestion += congested ? 1 : -1;
    if (this.#socket) this.#socket.paused = this.#congestion > 0;
  }

  /** The kernel itself was heard on iopub. After a change of process that may be the old one. */
  heardOnIOPub(): void {
    if (this.#unheard === "connection") this.#becomeHeard();
  }

  /** Asks the kernel, where there is a connection: what was sent before is over when it has answered. */
  ask(): void {
    if (this.#socket) this.#probe();
  }

  /** Makes a new websocket now. What the server has sent on the old one until it hears of that is still received. */
  reconnect(): void {
    const hurry = (): void => this.#hurry();
    if (this.#socket) void this.#socket.leave(leaveBound).then(hurry);
    else hurry();
  }

  /** Asks for a sign of life now; a broken connection is found out, one that waits to reconnect does so. */
  check(): void {
    if (this.#socket) this.#socket.probe();
    else this.#hurry();
  }

  /**
   * Closes the websocket in order until somebody wants it: the server keeps what comes meanwhile for the next one.
   * @returns false where it is needed
   */
  rest(): boolean {
    const socket = this.#socket;
    if (!socket || this.#resting || !this.isHeard || this.#state.kernel !== "idle" || this.#ports.requests.isNeeded) return false;
    this.#resting = true;
    void socket.leave(leaveBound);
    return true;
  }

  /**
   * Closes the websocket in order, and opens no other: what the server has sent is received, what comes later it keeps.
   * @returns whether that is certain
   */
  async leave(): Promise<boolean> {
    const socket = this.#socket;
    if (!socket) return true;
    const closed = new Promise<SocketClose>((resolve) => (this.#leaving = resolve));
    void socket.leave(leaveBound);
    // Without the server's own close frame it is not known what it has sent.
    return (await closed).code !== 1006;
  }

  dispose(): void {
    this.dispatch({ type: "disposed" });
    this.#leaving?.({ code: 1006, reason: "", silent: false });
  }

  get #settings(): ServerSettings {
    return this.#ports.settings;
  }

  #perform(effect: KernelEffect): void {
    switch (effect.type) {
      case "open":
        this.#open(effect.after);
        break;
      case "close":
        this.#socket?.close();
        break;
      case "reopen":
        this.#unheard = "process";
        this.#reopen();
        break;
      case "fail":
        if (effect.replaced) this.#ports.replaced(effect.replaced);
        this.#ports.requests.fail(effect.error, effect.only, effect.notBegun);
        break;
      case "probe": {
        this.#probe();
        void this.#questions.refreshModel();
        break;
      }
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
    this.#ports.probe({
      isNew: !this.isHeard,
      heard: () => {
        if (!isOver()) this.#becomeHeard();
      },
      deaf: () => {
        if (!isOver()) this.reconnect();
      },
      silent: () => {
        void this.#questions.isIdle().then((isIdle) => {
          if (!isIdle || isOver() || this.isHeard) return;
          settings.log.info(`${settings.label}: kernel ${kernelId} is idle and does not answer; another connection is made`);
          this.reconnect();
        });
      },
    });
  }

  #becomeHeard(): void {
    if (this.isHeard) return;
    this.#unheard = undefined;
    this.flush();
  }

  #end(error: ConnectError): void {
    this.#ending.abort(error);
    clearTimeout(this.#retry);
    this.#outgoing.unbound();
  }

  /** Ends the pause between two attempts. */
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
    this.#resting = false;
    this.#channels.open(false, socket?.leave(leaveBound));
  }

  #received(message: Message): void {
    // What carries our own id the server has made up.
    if (this.#state.unanswered && message.header.session !== this.#ports.clientId) this.dispatch({ type: "answered" });
    this.#ports.received(message);
  }

  #opened(socket: Socket): void {
    this.#socket = socket;
    this.#openedAt = Date.now();
    this.#outgoing.unbound();
    socket.paused = this.#congestion > 0;
    this.dispatch({ type: "opened" });
    this.updateWaiting();
  }

  #closed(close: SocketClose): void {
    this.#socket = undefined;
    const rests = this.#resting;
    this.#resting = false;
    this.#leaving?.(close);
    if (this.#state.ended || this.#leaving) return;
    if (rests) {
      this.dispatch({ type: "rested" });
      // Somebody has wanted it meanwhile.
      if (this.#ports.requests.isNeeded) this.#hurry();
      return;
    }
    this.#settings.log.debug(`${this.#settings.label}: connection to kernel ${this.#ports.kernelId} closed`, close);
    if (this.#ports.requests.awaiting) this.#questions.lost(close.silent);
    this.#outgoing.bound();
    // A busy kernel may say nothing for long.
    if (Date.now() - this.#openedAt > pause.ceiling) this.dispatch({ type: "answered" });
    // A close without a code is what the server sends to the older of two sockets with one session id.
    this.dispatch({ type: "closed", suspect: close.code === 1005, silent: close.silent });
  }
}
