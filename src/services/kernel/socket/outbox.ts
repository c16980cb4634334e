// Outbox: messages that wait for a reconnect, with a timeout.
import type { Disposable } from "../../../base/disposable";
import { ProductError, messageOf } from "../../../base/errors";
import type { ServerSettings } from "../../../transport/settings";
import { encode, type Frame } from "../codec";
import type { Message } from "../messages";
import type { Requests } from "../requests/requests";

/** Holds messages among the requests, and rejects those that have waited for longer than an HTTP request may take. */
export class Outbox implements Disposable {
  readonly #requests: Requests;
  readonly #settings: ServerSettings;
  #timer: NodeJS.Timeout | undefined;

  constructor(requests: Requests, settings: ServerSettings) {
    this.#requests = requests;
    this.#settings = settings;
  }

  /** Holds `message`. @param waits however long it takes */
  hold(message: Message, waits: boolean): void {
    this.#requests.hold(message, waits);
    this.bound();
  }

  /** Takes out the messages to send now, in order: there is a connection. */
  take(mayGo: (message: Message) => boolean): ReturnType<Requests["takeUnsent"]> {
    this.dispose();
    return this.#requests.takeUnsent(mayGo);
  }

  /** There is no connection: starts the timeout of waiting messages. */
  bound(): void {
    this.dispose();
    const since = this.#requests.unsentSince;
    if (since === undefined) return;
    const { label, timeouts } = this.#settings;
    this.#timer = setTimeout(
      () => {
        const text = `${label} could not be reached for ${timeouts.request / 1000} s, and the request was not sent. Check your network and run it again.`;
        this.#requests.expire(Date.now() - timeouts.request, new ProductError("unreachable", text));
        this.bound();
      },
      Math.max(0, since + timeouts.request - Date.now()),
    );
  }

  /** Stops the timeout: there is a connection, or the end. */
  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** `message` for the wire. @throws ProductError `invalid-message` where it cannot be written */
export function frameOf(message: Message, protocol: string): Frame {
  try {
    return encode(message, protocol);
  } catch (cause) {
    throw new ProductError("invalid-message", `This ${message.header.msg_type} cannot be sent: ${messageOf(cause)}`, { cause });
  }
}
