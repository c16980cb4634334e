// Rotation: when a minted token is replaced by a new one: long before it expires, and only while it is in use.
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import type { HubClock } from "../api/hubClock";
import { isRefusal } from "./mint";
import type { TokenRecord } from "./tokenRecord";

export interface RotationOptions {
  readonly clock: Clock;
  readonly hubClock: HubClock;
  /** Milliseconds by the hub's clock from which a token is to be replaced; undefined for never. */
  readonly due: (secret: TokenRecord) => number | undefined;
  /** Asks the hub what time it is. */
  readonly askTime: () => Promise<unknown>;
  /** Replaces `secret` by a new one. */
  readonly replace: (secret: TokenRecord) => Promise<void>;
}

/** Retry delay in milliseconds after an attempt that did not get through … */
const shortestPause = 60_000;
/** … of the time that is left. */
const pausePart = 1 / 8;
/** The longest that a timer runs before the clocks are compared again. */
const longestTimer = 24 * 3_600_000;

/**
 * When a minted token is to be replaced, in milliseconds since the epoch by the hub's clock; undefined for never.
 * @param usedUp the part of its lifetime after which that is, 0 to 1
 */
export function rotationDue({ origin, createdAt, expiresAt }: TokenRecord, usedUp: number): number | undefined {
  if (origin !== "minted" || createdAt === undefined || expiresAt === undefined) return undefined;
  return createdAt + (expiresAt - createdAt) * usedUp;
}

/** Follows the token in use. A refusal is final for that token; an attempt that did not get through is retried. */
export class Rotation implements Disposable {
  readonly #with: RotationOptions;
  #timer: Disposable | undefined;
  /** The token whose replacement is under way or was refused. */
  #settled: string | undefined;
  /** Back-off: no attempt before this time by the hub's clock. */
  #pause = 0;
  #disposed = false;

  constructor(options: RotationOptions) {
    this.#with = options;
  }

  /** Call with the token each time it is used. */
  follow(secret: TokenRecord): void {
    const due = this.#with.due(secret);
    if (due === undefined || secret.token === this.#settled || this.#disposed) return;
    const wait = Math.max(due, this.#pause) - this.#with.hubClock.now();
    if (wait <= 0) {
      void this.#replace(secret);
      return;
    }
    this.#timer ??= this.#with.clock.after(Math.min(wait, longestTimer), () => {
      this.#timer = undefined;
      this.follow(secret);
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
  }

  async #replace(secret: TokenRecord): Promise<void> {
    const { hubClock, askTime, replace } = this.#with;
    this.#settled = secret.token;
    try {
      if (!hubClock.known) {
        // This computer's clock alone proves nothing.
        await askTime();
        if (hubClock.now() < (this.#with.due(secret) ?? 0)) {
          this.#settled = undefined;
          this.follow(secret);
          return;
        }
      }
      await replace(secret);
    } catch (error) {
      if (isRefusal(error)) return;
      const left = (secret.expiresAt ?? 0) - hubClock.now();
      this.#pause = hubClock.now() + Math.max(shortestPause, left * pausePart);
      this.#settled = undefined;
      this.follow(secret);
    }
  }
}
