// Prompt acknowledgement: an unsolicited pong for what has come, so that TCP's delayed ACK (and Nagle on the server's side) does not
// hold back what follows.
import { systemClock, type Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";

/** Calls when what has come together is handled. What it returns takes that back. */
export type Soon = (call: () => void) => Disposable;

const afterThisTurn: Soon = (call) => {
  const waiting = setImmediate(call);
  return { dispose: () => clearImmediate(waiting) };
};

/** Pongs that may go out back to back: a cell's round trip has about six messages. */
const burst = 8;
/** Milliseconds until one more is allowed. */
const refill = 4;
/**
 * Where one message follows the other, each pause is twice the one before, up to this: a frame of a screen, so that
 * nobody sees output later, and the server's packets hold many messages instead of one. At most 60 pongs a second.
 */
const longestPause = 16;

/**
 * The server's kernel socket has Nagle's algorithm on: its second small frame waits for the ACK of the first, which
 * our system delays by 40 ms (Linux) to 200 ms (Windows). Any frame that we send carries the ACK back at once; an
 * unsolicited pong is the smallest (RFC 6455 §5.5.3) and is ignored by servers. One is enough for all that has come
 * together, and none is needed where a request goes out with it.
 */
export class Acknowledger {
  readonly #pong: () => void;
  readonly #clock: Clock;
  readonly #soon: Soon;
  #due: Disposable | undefined;
  #allowed = burst;
  #at: number;
  #pause = refill;
  #waiting: Disposable | undefined;

  /** @param pong sends one unsolicited pong */
  constructor(pong: () => void, clock: Clock = systemClock, soon = afterThisTurn) {
    this.#pong = pong;
    this.#clock = clock;
    this.#soon = soon;
    this.#at = clock.now();
  }

  /** Call for each message received while an answer is awaited. */
  received(): void {
    this.#due ??= this.#soon(() => {
      this.#due = undefined;
      this.#acknowledge();
    });
  }

  /** Call for each message sent: it acknowledges what has come, and its answer may come in a burst of its own. */
  sent(): void {
    this.#takeBackDue();
    this.#allowed = burst;
  }

  /** Takes back what is still to be sent. */
  stop(): void {
    this.#takeBackDue();
    this.#waiting?.dispose();
    this.#waiting = undefined;
  }

  #takeBackDue(): void {
    this.#due?.dispose();
    this.#due = undefined;
  }

  #acknowledge(): void {
    if (this.#waiting) return;
    const now = this.#clock.now();
    this.#allowed = Math.min(burst, this.#allowed + (now - this.#at) / refill);
    this.#at = now;
    if (this.#allowed >= 1) {
      this.#allowed--;
      this.#pause = refill;
      this.#pong();
      return;
    }
    this.#waiting = this.#clock.after(this.#pause, () => {
      this.#waiting = undefined;
      // What was regained meanwhile is used by this one.
      this.#allowed = 0;
      this.#at = this.#clock.now();
      this.#pong();
    });
    this.#pause = Math.min(longestPause, 2 * this.#pause);
  }
}
