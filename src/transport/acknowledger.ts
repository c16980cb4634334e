// Prompt acknowledgement: an unsolicited pong for each message, so that TCP's delayed ACK does not hold the next one.

/** Pongs that may go out back to back: a cell's round trip has about six messages. */
const burst = 8;
/** Milliseconds until one more is allowed; bounds a flood to 250 a second. */
const refill = 4;

/**
 * The server's kernel socket has Nagle's algorithm on: its second small frame waits for the ACK of the first, which
 * our system delays by 40 ms (Linux) to 200 ms (Windows). Any frame that we send carries the ACK back at once; an
 * unsolicited pong is the smallest (RFC 6455 §5.5.3) and is ignored by servers.
 */
export class Acknowledger {
  readonly #pong: () => void;
  #allowed = burst;
  #at = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** @param pong sends one unsolicited pong */
  constructor(pong: () => void) {
    this.#pong = pong;
  }

  /** Call for each message received while an answer is awaited. */
  received(): void {
    if (this.#timer) return;
    const now = performance.now();
    this.#allowed = Math.min(burst, this.#allowed + (now - this.#at) / refill);
    this.#at = now;
    if (this.#allowed >= 1) {
      this.#allowed--;
      this.#pong();
    } else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#pong();
      }, refill);
    }
  }

  /** Call for each message sent: its answer may come in a burst of its own. */
  sent(): void {
    this.#allowed = burst;
  }

  /** Takes back what is still to be sent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
