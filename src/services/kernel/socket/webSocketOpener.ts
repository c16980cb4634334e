// Opener of a kernel's websocket: of several attempts the newest counts (no race with a late handshake); decodes frames to messages.
import { ProductError, asError } from "../../../base/errors";
import { openSocket, type Socket, type SocketClose } from "../../../transport/socket";
import type { ServerSettings } from "../../../transport/settings";
import { encodeName } from "../../../transport/target";
import { decode, v1Protocol } from "../codec";
import type { Message } from "../messages";

export interface WebSocketOpenerPorts {
  readonly settings: ServerSettings;
  readonly kernelId: string;
  readonly clientId: string;
  /** Aborts when no attempt is wanted any more. */
  readonly ending: AbortSignal;
  /** Asks the server for anything, by HTTP; rejects with the reason where it does not answer. */
  readonly askServer: () => Promise<unknown>;
  /** A message was received. What it throws is logged, and the next one is received all the same. */
  readonly received: (message: Message) => void;
  readonly opened: (socket: Socket) => void;
  readonly refused: (error: Error) => void;
  /** The open websocket is gone. */
  readonly closed: (close: SocketClose) => void;
}

/** Opens websockets one after the other; the result of an attempt that a newer one has replaced is closed. */
export class WebSocketOpener {
  readonly #ports: WebSocketOpenerPorts;
  #attempt = 0;

  constructor(ports: WebSocketOpenerPorts) {
    this.#ports = ports;
  }

  /** Numbers the attempts: another number, another websocket. */
  get attempt(): number {
    return this.#attempt;
  }

  /**
   * Opens a websocket; the outcome is reported to the ports.
   * @param askFirst the server must answer an HTTP request before: a handshake that we give up on a silent network may
   * reach the server later all the same, and would evict its successor, with the messages kept for our replay
   * @param after the attempt waits for this promise
   */
  open(askFirst: boolean, after: Promise<void> = Promise.resolve()): void {
    const { settings, kernelId, clientId, ending: signal } = this.#ports;
    const attempt = ++this.#attempt;
    const isCurrent = (): boolean => attempt === this.#attempt && !signal.aborted;
    let socket: Socket | undefined;
    let over = false;
    const listener = {
      message: (frame: string | Buffer): void => {
        if (isCurrent()) this.#receive(frame, socket);
      },
      closed: (close: SocketClose): void => {
        over = true;
        if (socket && attempt === this.#attempt) this.#ports.closed(close);
      },
    };
    const isReachable = async (): Promise<boolean> =>
      this.#ports.askServer().then(
        () => true,
        () => false,
      );
    const options = { query: { session_id: clientId }, subprotocol: v1Protocol, signal, isReachable };
    after
      .then(() => (askFirst ? this.#ports.askServer() : undefined))
      .then(() => openSocket(settings, `api/kernels/${encodeName(kernelId)}/channels`, listener, options))
      .then(
        (opened) => {
          socket = opened;
          if (!isCurrent()) opened.close();
          else if (over) this.#ports.refused(new ProductError("connection-lost", `${settings.label} closed the connection at once.`));
          else this.#ports.opened(opened);
        },
        (error: unknown) => {
          if (isCurrent()) this.#ports.refused(asError(error));
        },
      );
  }

  #receive(frame: string | Buffer, socket: Socket | undefined): void {
    try {
      // Frames of the packet that opened the socket come before it is known here; both protocols tell themselves apart.
      const protocol = socket?.protocol ?? (typeof frame === "string" ? "" : v1Protocol);
      this.#ports.received(decode(frame, protocol));
    } catch (error) {
      // One faulty message is no reason to stop listening.
      const { settings, kernelId } = this.#ports;
      settings.log.warn(`${settings.label}: a message of kernel ${kernelId} was left out`, error);
    }
  }
}
