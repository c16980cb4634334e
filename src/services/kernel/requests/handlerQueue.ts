// Handlers called one after the other: one that throws is logged, a slow one delays only its own queue, and many waiting messages
// ask for backpressure on the websocket.
import type { Logger } from "../../../base/log";

/** Backpressure: beyond so many waiting calls, or bytes in them, the sender has to wait; below a quarter it may go on. */
const high = { calls: 1_000, bytes: 8 * 1024 * 1024 };
/** Milliseconds that a handler may block a full queue, or the end of its request. */
const patience = 10_000;

export interface HandlerQueuePorts {
  readonly log: Logger;
  /** The queue has become too long, or short enough again. */
  readonly congested?: (congested: boolean) => void;
  /** Milliseconds; given by tests. */
  readonly patience?: number;
}

interface Call {
  readonly run: () => unknown;
  readonly what: string;
  readonly bytes: number;
}

/** Calls at once what returns at once; after a handler that returned a promise, calls wait for it in their order. */
export class HandlerQueue {
  readonly #ports: HandlerQueuePorts;
  #waiting: Call[] = [];
  #bytes = 0;
  #running: string | undefined;
  #congested = false;
  #patience: NodeJS.Timeout | undefined;
  #drained: (() => void)[] = [];
  #closed = false;

  constructor(ports: HandlerQueuePorts) {
    this.#ports = ports;
  }

  /** How many calls wait behind the present one. */
  get length(): number {
    return this.#waiting.length;
  }

  /** @param what names it in the log; @param bytes about how much memory it holds while it waits */
  call(run: () => unknown, what: string, bytes = 0): void {
    if (this.#closed) return;
    if (this.#running === undefined) {
      this.#start({ run, what, bytes });
      return;
    }
    this.#waiting.push({ run, what, bytes });
    this.#bytes += bytes;
    if (!this.#congested && (this.#waiting.length > high.calls || this.#bytes > high.bytes)) this.#congest(true);
  }

  /** Calls `then` when all calls made so far have ended, at once if so; a handler that never ends is not waited for. */
  whenDrained(then: () => void): void {
    if (this.#running === undefined) {
      then();
      return;
    }
    let over = false;
    const end = (): void => {
      if (over) return;
      over = true;
      clearTimeout(bound);
      then();
    };
    const bound = setTimeout(() => {
      this.#ports.log.warn(`A handler of ${this.#running ?? ""} does not end; its request ends without it`);
      end();
    }, this.#limit);
    this.#drained.push(end);
  }

  /** Nothing is called any more; what waits is dropped. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#bytes = 0;
    if (this.#congested) this.#congest(false);
    this.#drain();
  }

  get #limit(): number {
    return this.#ports.patience ?? patience;
  }

  #start(call: Call): void {
    const pending = this.#guarded(call);
    if (!pending) return;
    this.#running = call.what;
    void pending.then(() => this.#next());
  }

  #next(): void {
    this.#running = undefined;
    let done = 0;
    while (!this.#busy() && done < this.#waiting.length) {
      const call = this.#waiting[done++];
      if (!call) break;
      this.#bytes -= call.bytes;
      this.#start(call);
    }
    // In one piece: taking from the front one by one would be slow for a long queue.
    this.#waiting.splice(0, done);
    if (this.#congested) this.#relieve();
    if (!this.#busy()) this.#drain();
  }

  /** A method, because the compiler cannot know that a call changes it. */
  #busy(): boolean {
    return this.#running !== undefined;
  }

  #relieve(): void {
    if (this.#waiting.length <= high.calls / 4 && this.#bytes <= high.bytes / 4) this.#congest(false);
    else this.#await();
  }

  #congest(congested: boolean): void {
    this.#congested = congested;
    clearTimeout(this.#patience);
    if (congested) this.#await();
    this.#ports.congested?.(congested);
  }

  /** Other queues wait because of this one; a handler that does not settle is given up for their sake. */
  #await(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#ports.log.error(
        `A handler of ${this.#running ?? ""} does not end and ${this.#waiting.length} messages wait for it; they are left out`,
      );
      this.close();
    }, this.#limit);
  }

  #drain(): void {
    const drained = this.#drained;
    this.#drained = [];
    for (const then of drained) then();
  }

  #guarded({ run, what }: Call): Promise<void> | undefined {
    const failed = (error: unknown): void => this.#ports.log.error(`A handler of ${what} failed`, error);
    try {
      const result = run();
      return result instanceof Promise ? result.then(() => undefined, failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}
