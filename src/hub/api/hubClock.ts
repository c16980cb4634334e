// The hub's clock, read from the Date of its answers: a computer whose clock is wrong still knows when its tokens expire.
import type { Clock } from "../../base/clock";
import type { ServerSettings } from "../../transport/settings";

/** Follows the `Date` header of every answer that comes through `settings`. */
export class HubClock {
  readonly settings: ServerSettings;
  readonly #clock: Clock;
  #ahead: number | undefined;

  /** @param settings of the requests to the hub; use `this.settings` instead of them from now on */
  constructor(settings: ServerSettings, clock: Clock) {
    this.#clock = clock;
    const fetch: ServerSettings["fetch"] = async (...request) => {
      const response = await settings.fetch(...request);
      const date = Date.parse(response.headers.get("date") ?? "");
      if (!Number.isNaN(date)) this.#ahead = date - clock.now();
      return response;
    };
    this.settings = { ...settings, fetch };
  }

  /** Whether the hub has said what time it is. */
  get known(): boolean {
    return this.#ahead !== undefined;
  }

  /** Milliseconds since the epoch by the hub's clock, to a second or so; by this computer's while the hub has not spoken. */
  now(): number {
    return this.#clock.now() + (this.#ahead ?? 0);
  }
}
