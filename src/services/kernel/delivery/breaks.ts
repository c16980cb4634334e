// Detection of messages with which the connection breaks each time, so that none is sent again for ever.
import type { Message } from "../messages";

/** Bytes from which on a message may be too large for something on its way. */
export const largeMessage = 1024 * 1024;

/** Weight of a break in the middle of sending; a network that fell silent is hardly caused by a message. */
const weights = { closed: 2, silent: 1 };
/** Two breaks, or four silences. */
const limit = 4;

/** Counts the breaks that each message went through. Servers and proxies close a connection on what is too large for them. */
export class Breaks {
  readonly #weights = new WeakMap<Message, number>();

  /**
   * The connection broke while this was on its way.
   * @param silent by the liveness timeout; else the peer closed it
   * @returns whether it is not to be sent again
   */
  note(message: Message, silent: boolean): boolean {
    const weight = (this.#weights.get(message) ?? 0) + (silent ? weights.silent : weights.closed);
    this.#weights.set(message, weight);
    return weight >= limit;
  }
}
