// What is sent to a kernel: at once where it may go, else as soon as it may.
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
  /** Somebody waits for a websocket. */
  hurry(): void;
}

/** Sends, or holds what has to wait. */
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
      try {
        socket.send(frame);
        this.#ports.sent(message);
        this.updateWaiting();
        return;
      } catch (error) {
        // It closes just now: its successor will take the message.
        if (!hasCode(error, "connection-lost")) throw error;
      }
    }
    this.#outbox.hold(message, waits);
    // A restart has its own end, and what waits for it is not forgotten.
    if (this.#ports.socket()) this.#outbox.dispose();
    // Somebody waits: no reason to sit out the pause between two attempts.
    this.#ports.hurry();
  }

  /** Sends what waits, as far as it has to wait no longer. */
  flush(): void {
    if (!this.#ports.socket()) return;
    for (const { message, waits } of this.#outbox.take((one) => !this.#mustWait(one))) this.send(message, waits);
  }

  /** The socket acknowledges promptly and watches its peer only while a request waits for its answer. */
  updateWaiting(): void {
    const socket = this.#ports.socket();
    if (socket) socket.waiting = this.#ports.requests.awaiting;
  }

  /** There is no websocket any more: what waits fails when it has waited for too long. */
  bound(): void {
    this.#outbox.bound();
  }

  /** There is a websocket, or the end: nothing fails any more for having waited. */
  unbound(): void {
    this.#outbox.dispose();
  }

  #mustWait(message: Message): boolean {
    return mustWait(this.#ports.state(), message) || this.#ports.delivery.holdsBack(message);
  }
}
