// Idle watch, a watchdog: asks the kernel where a reply has come, its `idle` has not, and nothing else comes.
import type { Disposable } from "../../../base/disposable";

export interface IdleWatchPorts {
  /** Milliseconds of silence, restarted by each message: the output of a flood may come seconds after its reply. */
  readonly patience: number;
  /** Whether a request has its reply, and not its `idle`. */
  readonly isStuck: () => boolean;
  /** Probes the kernel: its reply proves that the other request is over. */
  readonly ask: () => void;
}

/** Under a flood ZeroMQ drops what a busy server does not take, an `idle` too; the request would wait for ever. */
export class IdleWatch implements Disposable {
  readonly #ports: IdleWatchPorts;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: IdleWatchPorts) {
    this.#ports = ports;
  }

  /** A message was received. @param isReply it may be the reply that is followed by silence */
  received(isReply: boolean): void {
    if (!isReply && !this.#timer) return;
    this.dispose();
    if (!this.#ports.isStuck()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#ports.isStuck()) this.#ports.ask();
    }, this.#ports.patience);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
