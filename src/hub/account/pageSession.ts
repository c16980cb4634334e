// The session of the hub's pages, from signing in with a password: in memory only, and not for long, since a hub ends none
// before its time, whoever asks, and whoever has it has the whole account.
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";

/** Milliseconds for which it is kept: long enough to choose what a server starts with after signing in. */
const lifetime = 3_600_000;

/** Holds the cookies of one account's session. */
export class PageSession implements Disposable {
  readonly #clock: Clock;
  #cookies: string | undefined;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As in a Cookie header; undefined where there is none, or none any more. A secret. */
  get cookies(): string | undefined {
    return this.#cookies;
  }

  keep(cookies: string): void {
    this.dispose();
    this.#cookies = cookies;
    this.#timer = this.#clock.after(lifetime, () => this.dispose());
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#cookies = undefined;
  }
}
