// The one poller of a server: it polls only while something shows the data and the user is present, rarely at rest, and never
// against a refusal. Every request through a hub's proxy counts as activity of the server and keeps it running.
import { backoff } from "../base/async";
import { systemClock, type Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";
import { asError, hasCode } from "../base/errors";
import { Emitter, type Event } from "../base/event";
import { nullLogger, type Logger } from "../base/log";

/** Presence: whether the user is using the program; while they are away, nothing is polled. */
export interface UserPresence {
  readonly isActive: boolean;
  readonly onDidChange: Event<boolean>;
}

/** Presence for programs without a user interface. */
export const alwaysActive: UserPresence = { isActive: true, onDidChange: () => ({ dispose: () => undefined }) };

/** A stream of the server's that reports changes. */
export interface Live extends Disposable {
  /** Whether it is open; while it is, polls are rarer. */
  readonly isOpen: boolean;
}

export interface PollerOptions {
  /** Asks the server; resolves with whether it had something new. */
  readonly poll: (signal: AbortSignal) => Promise<boolean>;
  /** Opens the server's stream, while there is reason to poll; `changed` is to be called when it reports a change. */
  readonly live?: ((changed: () => void) => Live) | undefined;
  readonly activity?: UserPresence | undefined;
  readonly clock?: Clock | undefined;
  /** For jitter, in [0, 1). */
  readonly random?: (() => number) | undefined;
  readonly log?: Logger;
}

/** Milliseconds. */
const pauses = {
  /** The pause after a change, and the least between two polls whatever happens (throttle). */
  soonest: 5_000,
  /** At rest; with two requests a poll this is three a minute. */
  rest: 40_000,
  /** At rest while the live stream reports the changes that matter. */
  restLive: 180_000,
  /** From a change to the poll for it: changes come in groups, which one poll answers. */
  gathering: 300,
  failure: { first: 10_000, ceiling: 600_000 },
} as const;

/** Polls while something shows the data; after failures with back-off. */
export class Poller implements Disposable {
  readonly #options: PollerOptions;
  readonly #activity: UserPresence;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #failed: Emitter<Error>;
  readonly #activitySubscription: Disposable;
  readonly #end = new AbortController();
  #looks = 0;
  #awake = false;
  #live: Live | undefined;
  #timer: Disposable | undefined;
  #isPolling = false;
  /** A change was reported while a poll was under way (a race): its answer may not have it. */
  #again = false;
  #polledAt = Number.NEGATIVE_INFINITY;
  #due = Number.NEGATIVE_INFINITY;
  #pause: number = pauses.soonest;
  #failures = 0;
  #stopped: Error | undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#activity = options.activity ?? alwaysActive;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#failed = new Emitter(options.log ?? nullLogger);
    this.#activitySubscription = this.#activity.onDidChange(() => this.#update());
  }

  /** Fired with the reason of each poll that failed. */
  get onDidFail() {
    return this.#failed.event;
  }

  /** Why nothing is polled until `resume`: signed out, forbidden, or the server is not running. */
  get stopped(): Error | undefined {
    return this.#stopped;
  }

  /** Polls until the result is disposed; held by whoever shows what is polled, while it is visible. */
  acquire(): Disposable {
    let holds = true;
    this.#looks++;
    this.#update();
    return {
      dispose: () => {
        if (!holds) return;
        holds = false;
        this.#looks--;
        this.#update();
      },
    };
  }

  /** Something has changed on the server: asks soon, and for a while more often. */
  noteChange(): void {
    this.#pause = pauses.soonest;
    if (this.#isPolling) this.#again = true;
    if (this.#failures === 0) this.#due = Math.min(this.#due, this.#soon());
    this.#update();
  }

  /** The server was asked by someone else, with success: there is no need to ask again at once, and none to stay stopped. */
  noteAnswer(): void {
    this.#succeeded(false);
    this.#stopped = undefined;
    this.#update();
  }

  /** The reason for stopping is over: signed in again, or the server runs. */
  resume(): void {
    this.#stopped = undefined;
    this.#failures = 0;
    this.#pause = pauses.soonest;
    this.#due = this.#soon();
    this.#update();
  }

  dispose(): void {
    this.#looks = 0;
    this.#end.abort();
    this.#update();
    this.#activitySubscription.dispose();
    this.#failed.dispose();
  }

  /** The earliest moment for a poll that there is a reason for. */
  #soon(): number {
    return Math.max(this.#clock.now() + pauses.gathering, this.#polledAt + pauses.soonest);
  }

  #update(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const awake = this.#looks > 0 && this.#activity.isActive && !this.#stopped && !this.#end.signal.aborted;
    if (awake !== this.#awake) {
      this.#awake = awake;
      if (awake) this.#wake();
      else this.#sleep();
    }
    if (!awake || this.#isPolling) return;
    this.#timer = this.#clock.after(Math.max(0, this.#due - this.#clock.now()), () => void this.#poll());
  }

  #wake(): void {
    this.#pause = pauses.soonest;
    // A view that opens wants fresh data; but opening it often does not shorten the back-off after a failure.
    if (this.#failures === 0) this.#due = Math.min(this.#due, Math.max(this.#clock.now(), this.#polledAt + pauses.soonest));
    this.#live ??= this.#options.live?.(() => this.noteChange());
  }

  #sleep(): void {
    this.#live?.dispose();
    this.#live = undefined;
  }

  async #poll(): Promise<void> {
    this.#timer = undefined;
    this.#isPolling = true;
    this.#again = false;
    this.#polledAt = this.#clock.now();
    try {
      const changed = await this.#options.poll(this.#end.signal);
      this.#succeeded(changed || this.#again);
    } catch (error) {
      if (!this.#end.signal.aborted) this.#fail(asError(error));
    }
    this.#isPolling = false;
    this.#update();
  }

  #succeeded(changed: boolean): void {
    this.#failures = 0;
    const now = this.#clock.now();
    this.#polledAt = now;
    const rest = this.#live?.isOpen === true ? pauses.restLive : pauses.rest;
    const pause = changed ? pauses.soonest : Math.min(this.#pause, rest);
    this.#pause = Math.min(pause * 2, rest);
    // Jitter makes it longer, never shorter: many clients do not come together, and none too often.
    this.#due = now + pause * (1 + this.#random() / 4);
  }

  #fail(error: Error): void {
    if (hasCode(error, "signed-out", "forbidden", "server-stopped")) this.#stopped = error;
    this.#due = this.#clock.now() + backoff(this.#failures++, pauses.failure.first, pauses.failure.ceiling, this.#random);
    this.#failed.fire(error);
  }
}
