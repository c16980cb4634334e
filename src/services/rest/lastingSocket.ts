// A websocket that reconnects: reopened with back-off until it is disposed or there is no use in trying.
import { backoff } from "../../base/async";
import type { Disposable } from "../../base/disposable";
import { ProductError, asError, hasCode } from "../../base/errors";
import { openSocket, type Socket, type SocketClose } from "../../transport/socket";
import type { ServerSettings } from "../../transport/settings";

/**
 * - `connecting`: the handshake is under way
 * - `connected`
 * - `disconnected`: it tries again after a pause
 * - `stopped`: it does not try again by itself; `reason` says why
 */
export type SocketStatus = "connecting" | "connected" | "disconnected" | "stopped";

export interface LastingSocketPorts {
  readonly settings: ServerSettings;
  /** Relative to `settings.wsUrl`, percent-encoded. */
  readonly path: string;
  /** Bytes that one frame may have. */
  readonly maxFrame: number;
  /** One received frame. What it throws is logged, and the next one is received all the same. */
  message(frame: string | Buffer): void;
  changed(status: SocketStatus): void;
  /** Called when it is open, for the first time or after a reconnect; before the status changes. */
  opened(socket: Socket): void;
}

/** Milliseconds: the longest pause between two attempts; the first is `timeouts.retry`. */
const longestPause = 30_000;

/** Refusals that trying again does not change: someone has to do something first. */
const hopeless = ["address", "not-found", "signed-out", "forbidden", "server-stopped", "certificate", "proxy"] as const;

/** Opens at once. Ends with `dispose`, after which nothing is called any more. */
export class LastingSocket implements Disposable {
  readonly #ports: LastingSocketPorts;
  readonly #ending = new AbortController();
  #status: SocketStatus = "connecting";
  #reason: ProductError | undefined;
  #socket: Socket | undefined;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(ports: LastingSocketPorts) {
    this.#ports = ports;
    void this.#open();
  }

  get status(): SocketStatus {
    return this.#status;
  }

  /** Why it is not connected; undefined while it is, and before the first failure. */
  get reason(): ProductError | undefined {
    return this.#reason;
  }

  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** Tries now, whatever it waits for; nothing where it is connected. */
  reconnect(): void {
    if (this.#ending.signal.aborted || this.#status === "connecting" || this.#status === "connected") return;
    this.#attempt = 0;
    void this.#open();
  }

  /** After sleep or a network change: asks for a sign of life, or tries again now. */
  check(): void {
    if (this.#socket) this.#socket.probe();
    else if (this.#status === "disconnected") this.reconnect();
  }

  /** Closes and does not try again by itself. */
  stop(reason: ProductError): void {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#become("stopped", reason);
  }

  dispose(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(new ProductError("disposed", "This connection was closed."));
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#status = "stopped";
  }

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    const { settings, path, maxFrame } = this.#ports;
    const { signal } = this.#ending;
    this.#become("connecting", this.#reason);
    let over: SocketClose | undefined;
    let socket: Socket | undefined;
    const early: (string | Buffer)[] = [];
    const listener = {
      // Frames may come before the opening is known here; they wait for it.
      message: (frame: string | Buffer): void => {
        if (!socket) early.push(frame);
        else if (socket === this.#socket) this.#received(frame);
      },
      closed: (close: SocketClose): void => {
        over = close;
        if (socket && socket === this.#socket) this.#closed(close);
      },
    };
    try {
      socket = await openSocket(settings, path, listener, { signal, maxFrame });
    } catch (error) {
      if (!signal.aborted) this.#failed(asError(error));
      return;
    }
    if (signal.aborted) {
      socket.close();
      return;
    }
    this.#socket = socket;
    this.#attempt = 0;
    this.#ports.opened(socket);
    this.#become("connected", undefined);
    for (const frame of early) this.#received(frame);
    // The last messages are read all the same, such as a terminal's end.
    if (over && this.#socket === socket) this.#closed(over);
  }

  #closed({ code, reason }: SocketClose): void {
    this.#socket = undefined;
    const { label } = this.#ports.settings;
    const text = `${label} closed the connection (${code}${reason && `: ${reason}`}).`;
    this.#failed(new ProductError("connection-lost", text));
  }

  #failed(error: Error): void {
    const { settings, path } = this.#ports;
    settings.log.debug(`${settings.label}: no websocket ${path}`, error);
    const reason = error instanceof ProductError ? error : new ProductError("unreachable", error.message, { cause: error });
    if (hasCode(reason, ...hopeless)) {
      this.#become("stopped", reason);
      return;
    }
    // Before the listeners hear of it: one may want to reconnect at once.
    this.#retry = setTimeout(() => void this.#open(), backoff(this.#attempt++, settings.timeouts.retry, longestPause));
    this.#become("disconnected", reason);
  }

  #received(frame: string | Buffer): void {
    const { settings, path } = this.#ports;
    try {
      this.#ports.message(frame);
    } catch (error) {
      settings.log.warn(`${settings.label}: a message of ${path} was left out`, error);
    }
  }

  #become(status: SocketStatus, reason: ProductError | undefined): void {
    this.#reason = reason;
    if (status === this.#status) return;
    this.#status = status;
    if (!this.#ending.signal.aborted) this.#ports.changed(status);
  }
}
