// Websockets to a server: token in the Authorization header, subprotocol with fallback, liveness, prompt acknowledgement, backpressure.
import type WebSocket from "ws";
import type { ClientRequest, IncomingMessage } from "node:http";
import { abortable, throwIfAborted } from "../base/async";
import { ProductError, HttpError, asError } from "../base/errors";
import { Acknowledger } from "./acknowledger";
import { failedConnection } from "./tls/certificateRefused";
import { megabyte, readReason } from "./body";
import { credentialHeaders } from "./credential";
import { networkError, statusError } from "./httpErrors";
import { Liveness } from "./liveness";
import type { ServerSettings } from "./settings";
import { targetOf } from "./target";

/**
 * Why a websocket ended. `silent`: an answer was awaited and nothing had come for longer than the liveness limit, so
 * what the server sent meanwhile may be lost.
 */
export interface SocketClose {
  readonly code: number;
  readonly reason: string;
  readonly silent: boolean;
}

export interface SocketOptions {
  readonly query?: Readonly<Record<string, string>>;
  /** Offered to the server; where it takes none the socket speaks the default protocol and `protocol` is empty. */
  readonly subprotocol?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Asked where nothing at all has come through a websocket since it was opened, not even answers to pings: whether the
   * server answers otherwise. Where it does, the silence is that of a server which is not done with opening: jupyter_server
   * reads nothing from a kernel's websocket before the kernel has answered it, for a minute at most.
   */
  readonly isReachable?: (() => Promise<boolean>) | undefined;
  /** Bytes that one frame may have; a longer one ends the connection with code 1006. 500 MB unless told, of which a text can be made. */
  readonly maxFrame?: number | undefined;
}

/** The listener; given at opening, because the first frames may come in the packet that opens the connection. */
export interface SocketListener {
  /** One received frame: text as string, binary as Buffer. */
  message(data: string | Buffer): void;
  /** Called once, whoever closed. */
  closed(close: SocketClose): void;
}

/** Frames up to this many bytes are taken unless told: a 300 MB image is data, not an attack by one's own server. */
const usualFrame = 500 * megabyte;

/** Milliseconds for which a server may be at opening: `kernel_info_timeout` of jupyter_server, and some more. */
const slowOpening = 75_000;

/**
 * Milliseconds that the connection has to end once the peer has said that it closes: it may have stopped to read in the
 * middle of what it did not want. The types do not know of this option yet.
 */
const closing = { closeTimeout: 2_000 };

/**
 * Opens a websocket relative to `settings.wsUrl`.
 * @throws ProductError `address` where `path` leads elsewhere, before anything is sent; as for HTTP where the server refuses the upgrade, `unreachable`, `certificate` or `timeout`.
 */
export async function openSocket(
  settings: ServerSettings,
  path: string,
  listener: SocketListener,
  options: SocketOptions = {},
): Promise<Socket> {
  let { subprotocol } = options;
  for (let tokenChecked = false; ;) {
    throwIfAborted(options.signal);
    const token = await settings.token.current();
    try {
      return await handshake(settings, path, listener, { ...options, subprotocol }, token);
    } catch (error) {
      if (error instanceof SubprotocolRefused) {
        // Asked for none and given one: nothing is left to try.
        if (subprotocol === undefined) throw networkError(settings, error);
        subprotocol = undefined;
      } else if (error instanceof HttpError && error.code === "signed-out" && token !== undefined && !tokenChecked) {
        tokenChecked = true;
        const verdict = await settings.token.check(token);
        if (verdict === "replaced") continue;
        if (verdict === "valid") throw forbidden(settings, path, error);
        throw error;
      } else {
        throw error;
      }
    }
  }
}

class SubprotocolRefused extends Error {}

function forbidden(settings: ServerSettings, path: string, { status, body }: HttpError): ProductError {
  return statusError(settings, path, { status, text: body, headers: { get: () => null } }, "forbidden");
}

async function handshake(
  settings: ServerSettings,
  path: string,
  listener: SocketListener,
  options: SocketOptions,
  token: string | undefined,
): Promise<Socket> {
  const url = targetOf(settings, settings.wsUrl, path, token !== undefined);
  for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
  const tls = url.protocol === "wss:" ? await settings.tls(url) : undefined;
  // As ws does not bound the time before it has a socket, which a silent proxy can make long.
  const bound = AbortSignal.timeout(settings.timeouts.handshake);
  const ws = new settings.WebSocket(url, options.subprotocol ? [options.subprotocol] : [], {
    headers: { ...settings.headers, ...(token !== undefined && credentialHeaders(token)) },
    perMessageDeflate: false,
    maxPayload: options.maxFrame ?? usualFrame,
    ...closing,
    ...tls,
    ...(settings.agent && { agent: settings.agent }),
  });
  const opened = new Promise<Socket>((resolve, reject) => {
    ws.once("open", () => {
      ws.removeAllListeners("error");
      resolve(new Socket(ws, settings, listener, options.isReachable));
    });
    ws.on("error", reject);
    ws.once("unexpected-response", (request: ClientRequest, response: IncomingMessage) => {
      readReason(response).then(
        (body) => {
          request.destroy();
          const text = body.toString("utf8");
          const headers = { get: (name: string): string | null => response.headers[name]?.toString() ?? null };
          reject(statusError(settings, path, { status: response.statusCode ?? 0, headers, text }));
        },
        (error: unknown) => reject(networkError(settings, error)),
      );
    });
  });
  try {
    return await abortable(opened, options.signal ? AbortSignal.any([options.signal, bound]) : bound);
  } catch (error) {
    ws.on("error", () => undefined); // terminate() of a connecting socket reports an error that is already known
    ws.terminate();
    throwIfAborted(options.signal);
    if (bound.aborted) {
      const seconds = settings.timeouts.handshake / 1000;
      throw new ProductError("timeout", `${settings.label} did not open a connection within ${seconds} s.`, { cause: error });
    }
    if (error instanceof ProductError) throw error;
    if (error instanceof Error && /subprotocol/i.test(error.message)) throw new SubprotocolRefused(error.message);
    throw await failedConnection(settings, url, error);
  }
}

/** An open websocket. Made by `openSocket`. */
export class Socket {
  readonly #ws: WebSocket;
  readonly #listener: SocketListener;
  readonly #liveness: Liveness;
  readonly #acknowledger: Acknowledger;
  readonly #openedAt = Date.now();
  #heard = false;
  #ended = false;
  #waiting = false;

  constructor(
    ws: WebSocket,
    settings: ServerSettings,
    listener: SocketListener,
    private readonly isReachable?: SocketOptions["isReachable"],
  ) {
    this.#ws = ws;
    this.#listener = listener;
    this.#acknowledger = new Acknowledger(() => ws.pong());
    this.#liveness = new Liveness(settings.timeouts.liveness, {
      ping: () => ws.ping(),
      dead: () => void this.#silent(),
    });
    const heard = (): void => {
      this.#heard = true;
      this.#liveness.heard();
    };
    ws.on("ping", heard);
    ws.on("pong", heard);
    ws.on("message", (data, binary) => {
      heard();
      if (this.#waiting) this.#acknowledger.received();
      if (!this.#ended) listener.message(binary ? bytes(data) : bytes(data).toString("utf8"));
    });
    // Every error is followed by a close, which carries what there is to know.
    ws.on("error", (error) => settings.log.debug(`${settings.label}: websocket error`, asError(error)));
    ws.once("close", (code, reason) => this.#end(code, reason.toString("utf8")));
  }

  /** The subprotocol the server took; empty for none. */
  get protocol(): string {
    return this.#ws.protocol;
  }

  /**
   * Whether an answer is awaited. While it is, each message is acknowledged at once (so that the server's next small
   * frame need not wait for a delayed TCP ACK) and a silent peer is pinged and found dead within
   * `timeouts.liveness`; otherwise the socket sends nothing of its own.
   */
  set waiting(waiting: boolean) {
    if (waiting === this.#waiting) return;
    this.#waiting = waiting;
    this.#liveness.watch(waiting);
    if (!waiting) this.#acknowledger.stop();
  }

  /** Backpressure: while paused nothing more is read, so that the server has to wait; messages that were read already still come. */
  set paused(paused: boolean) {
    if (this.#ended || paused === this.#ws.isPaused) return;
    if (paused) this.#ws.pause();
    else this.#ws.resume();
    this.#liveness.pause(paused);
  }

  /** Asks the peer for a sign of life now (after sleep, a network change); none in time closes the socket. */
  probe(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#liveness.probe();
  }

  /** Sends one frame. @throws ProductError `connection-lost` where the socket is not open any more. */
  send(data: string | Uint8Array): void {
    if (this.#ws.readyState !== this.#ws.OPEN) throw new ProductError("connection-lost", "The connection is closed.");
    this.#acknowledger.sent();
    this.#ws.send(data);
  }

  /**
   * Closes in order: what the peer has sent until it hears of it is still received, then the listener's `closed` is
   * called; after `bound` milliseconds at the latest. Resolves then.
   */
  leave(bound: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#ws.terminate(), bound);
      this.#ws.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.#ws.close(1000);
      // The peer may have closed it by itself.
      if (this.#ws.readyState === this.#ws.CLOSED) {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  /** Closes; the listener's `closed` is called at once, without waiting for the peer's answer. */
  close(): void {
    this.#ws.close(1000);
    this.#end(1000, "");
  }

  /** Nothing has come for too long. */
  async #silent(): Promise<void> {
    const { isReachable } = this;
    const wasUnheard = !this.#heard;
    const isSlow = wasUnheard && isReachable !== undefined && Date.now() - this.#openedAt < slowOpening && (await isReachable());
    if (this.#ended) return;
    if (isSlow || (wasUnheard && this.#heard)) {
      this.#liveness.heard();
      this.#liveness.watch(this.#waiting);
    } else {
      this.#ws.terminate();
    }
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    // A close that the peer has said comes behind all that it has sent.
    const silent = code === 1006 && this.#waiting && this.#liveness.overdue;
    this.#liveness.dispose();
    this.#acknowledger.stop();
    this.#listener.closed({ code, reason, silent });
  }
}

function bytes(data: WebSocket.RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
