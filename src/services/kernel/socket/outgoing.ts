// Outgoing messages to a kernel: sent at once where they may go, else as soon as they may.
import { hasCode } from "../../../base/errors";
import type { Socket } from "../../../transport/socket";
import type { Message } from "../messages";
import type { LinkPorts } from "./linkPorts";
import { frameOf, Outbox } from "./outbox";
import { mustWait, type KernelState } from "./state";

export interface OutgoingPorts extends Pick<LinkPorts, "settings" | "requests" | "delivery" | "sent"> {
  /** The open websocket, where there is one. */
  socket(): Socket | undefined;
  state(): KernelState;
  /** A message waits for a websocket: reconnect now. */
  hurry(): void;
}

/** Sends messages, or holds those that have to wait. */
export class Outgoing {
  readonly #ports: OutgoingPorts;
  readonly #outbox: Outbox;

  constructor(ports: OutgoingPorts) {
    this.#ports = ports;
    this.#outbox = new Outbox(ports.requests, ports.settings);
  }

  /** As `KernelLink.send`. */
  send(message: Message, waits: boolean): void {
    const socket = this.#mustWait(message) ? undefined : this.#ports.socket();
    if (socket) {
      const frame = frameOf(message, socket.protocol);
      if (this.#ports.requests.get(message.header.msg_id)?.maySend() === false) return;
      try {
        socket.send(frame);
        this.#ports.sent(message);
        this.updateWaiting();
        return;
      } catch (error) {
        // It closes just now (a race): its successor will take the message.
        if (!hasCode(error, "connection-lost")) throw error;
      }
    }
    this.#outbox.hold(message, waits);
    // A restart has its own timeout; messages that wait for it need none.
    if (this.#ports.socket()) this.#outbox.dispose();
    // A message waits: no reason to wait for the end of the back-off.
    this.#ports.hurry();
  }

  /** Sends waiting messages that have to wait no longer. */
  flush(): void {
    if (!this.#ports.socket()) return;
    for (const { message, waits } of this.#outbox.take((one) => !this.#mustWait(one))) this.send(message, waits);
  }

  /** The socket acknowledges promptly and watches its peer only while a request waits for its answer. */
  updateWaiting(): void {
    const socket = this.#ports.socket();
    if (socket) socket.waiting = this.#ports.requests.awaiting;
  }

  /** There is no websocket any more: starts the timeout of waiting messages. */
  bound(): void {
    this.#outbox.bound();
  }

  /** There is a websocket, or the end: stops that timeout. */
  unbound(): void {
    this.#outbox.dispose();
  }

  #mustWait(message: Message): boolean {
    return mustWait(this.#ports.state(), message) || this.#ports.delivery.holdsBack(message);
  }
}
