// TerminalConnection: one client on one terminal by websocket. Several clients see the same terminal.
import type { Disposable } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { Emitter } from "../../base/event";
import { megabyte } from "../../transport/body";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import { LastingSocket, type SocketStatus } from "../rest/lastingSocket";
import { readTerminalMessage, sizeMessage, stdinMessages } from "./model";

/** Milliseconds after the last key for which answers are awaited: echo, output, the next prompt. */
const answerTime = 2_000;

/**
 * Connects at once, and again after every loss, until the terminal ends. Disposing leaves the terminal on the server.
 *
 * On every connection the server repeats the terminal's recent output, so that nothing is missing after a loss;
 * `onDidReset` comes before that, for whoever shows it to clear the screen.
 */
export class TerminalConnection implements Disposable {
  readonly #settings: ServerSettings;
  readonly #output: Emitter<string>;
  readonly #reset: Emitter<void>;
  readonly #statusChanged: Emitter<SocketStatus>;
  readonly #ended: Emitter<void>;
  readonly #disposed: Emitter<void>;
  readonly #socket: LastingSocket;
  #size: { readonly rows: number; readonly columns: number } | undefined;
  #connectedBefore = false;
  #hasEnded = false;
  #isDisposed = false;
  #answered = true;
  #answerTimer: NodeJS.Timeout | undefined;

  /** @param name of a terminal that runs, see `createTerminal` */
  constructor(
    settings: ServerSettings,
    readonly name: string,
  ) {
    this.#settings = settings;
    this.#output = new Emitter(settings.log);
    this.#reset = new Emitter(settings.log);
    this.#statusChanged = new Emitter(settings.log);
    this.#ended = new Emitter(settings.log);
    this.#disposed = new Emitter(settings.log);
    this.#socket = new LastingSocket({
      settings,
      path: `terminals/websocket/${encodeName(name)}`,
      // A terminal's recent output comes in one frame: its last thousand reads, of 64 KB at most.
      maxFrame: 64 * megabyte,
      message: (frame) => this.#received(frame),
      changed: (status) => this.#changed(status),
      opened: () => this.#opened(),
    });
  }

  get status(): SocketStatus {
    return this.#socket.status;
  }

  /** Why it is not connected: `not-found` where the terminal is gone. */
  get reason(): ProductError | undefined {
    return this.#socket.reason;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Whether the terminal itself has ended: its shell exited, or it was deleted. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Output of the terminal, with its escape sequences. */
  get onOutput() {
    return this.#output.event;
  }

  /** Fired after a reconnect: the replay that follows repeats recent output. */
  get onDidReset() {
    return this.#reset.event;
  }

  get onDidChangeStatus() {
    return this.#statusChanged.event;
  }

  /** Fired once, when the terminal itself has ended. */
  get onDidEnd() {
    return this.#ended.event;
  }

  get onDidDispose() {
    return this.#disposed.event;
  }

  /**
   * Types `text`. Nothing is kept for later: keys that arrive in another state of the terminal than they were meant
   * for do harm.
   * @throws ProductError `connection-lost`, `not-found` where the terminal has ended, `disposed`
   */
  send(text: string): void {
    const socket = this.#socket.socket;
    if (this.#isDisposed) throw new ProductError("disposed", "This terminal's connection was closed.");
    if (this.#hasEnded) throw gone(this.name, this.#settings);
    if (!socket) {
      const message = `The terminal is not connected to ${this.#settings.label}, and nothing was typed. Wait, or reconnect.`;
      throw new ProductError("connection-lost", message, { cause: this.reason });
    }
    for (const message of stdinMessages(text)) socket.send(message);
    this.#awaitAnswer();
  }

  /** Tells our size in characters, now and after every reconnection; the server uses the smallest of all clients. */
  setSize(rows: number, columns: number): void {
    this.#size = { rows, columns };
    try {
      this.#socket.socket?.send(sizeMessage(rows, columns));
    } catch (error) {
      // The websocket is closing; the next connection begins with the size.
      this.#settings.log.debug(`${this.#settings.label}: the terminal's size was not sent`, error);
    }
  }

  /** Tries to connect now. */
  reconnect(): void {
    if (!this.#hasEnded) this.#socket.reconnect();
  }

  /** After sleep or a network change: finds out whether the connection still lives. */
  check(): void {
    this.#socket.check();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#answerTimer);
    this.#socket.dispose();
    this.#disposed.fire();
    for (const emitter of [this.#output, this.#reset, this.#statusChanged, this.#ended, this.#disposed]) emitter.dispose();
  }

  #opened(): void {
    if (this.#connectedBefore) this.#reset.fire();
    this.#connectedBefore = true;
    if (this.#size) this.setSize(this.#size.rows, this.#size.columns);
  }

  #changed(status: SocketStatus): void {
    this.#statusChanged.fire(status);
    if (status === "stopped" && this.reason?.code === "not-found") this.#end();
  }

  #received(frame: string | Buffer): void {
    this.#answered = true;
    const message = readTerminalMessage(frame);
    switch (message.type) {
      case "stdout":
        this.#output.fire(message.text);
        break;
      case "disconnect":
        this.#socket.stop(gone(this.name, this.#settings));
        break;
      case "setup":
        break;
      case "other":
        this.#settings.log.debug(`${this.#settings.label}: a terminal message of the unknown kind ${message.name}`);
    }
  }

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearTimeout(this.#answerTimer);
    this.#ended.fire();
  }

  /** Answers are acknowledged promptly for a while; where none came, the connection itself is asked. */
  #awaitAnswer(): void {
    const socket = this.#socket.socket;
    if (!socket) return;
    socket.waiting = true;
    this.#answered = false;
    clearTimeout(this.#answerTimer);
    this.#answerTimer = setTimeout(() => {
      socket.waiting = false;
      if (!this.#answered) socket.probe();
    }, answerTime);
  }
}

function gone(name: string, settings: ServerSettings): ProductError {
  return new ProductError("not-found", `The terminal ${name} of ${settings.label} has ended. Open a new one.`);
}
