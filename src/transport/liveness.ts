// Liveness: a watchdog that finds out that the peer of a websocket is gone although the connection looks open.
import { systemClock, type Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";

export interface LivenessPeer {
  /** Sends a ping. */
  ping(): void;
  /** Called once when no sign of life came in time. */
  dead(): void;
}

/**
 * While watched, pings a peer that has been silent for a third of `limit` and declares it dead after `limit`, if it was
 * asked in time: after the computer's sleep it is asked first.
 * While not watched it does nothing, so that an idle connection costs the server nothing; `probe` asks once.
 */
export class Liveness {
  readonly #limit: number;
  readonly #peer: LivenessPeer;
  readonly #clock: Clock;
  #heardAt: number;
  #watched = false;
  #probing = false;
  #paused = false;
  /** When the peer was pinged first since it was last heard. */
  #askedAt: number | undefined;
  #timer: Disposable | undefined;
  #turn: NodeJS.Immediate | undefined;

  /** @param limit milliseconds of silence */
  constructor(limit: number, peer: LivenessPeer, clock = systemClock) {
    this.#limit = limit;
    this.#peer = peer;
    this.#clock = clock;
    this.#heardAt = clock.now();
  }

  /** Something arrived from the peer. */
  heard(): void {
    this.#restart();
    this.#probing = false;
  }

  /** Starts or ends watching. */
  watch(watched: boolean): void {
    this.#watched = watched;
    if (watched) this.#begin();
  }

  /** While paused nothing is heard, because we do not listen: that silence does not count. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#restart();
  }

  /** Asks for one sign of life within the limit, watched or not. */
  probe(): void {
    this.#probing = true;
    this.#heardAt = this.#clock.now();
    this.#ask();
    this.#begin();
  }

  /** Whether the silence has lasted longer than the limit; timers stand still while the computer sleeps. */
  get overdue(): boolean {
    return !this.#paused && this.#clock.now() - this.#heardAt >= this.#limit;
  }

  dispose(): void {
    this.#timer?.dispose();
    clearImmediate(this.#turn);
    this.#watched = false;
    this.#probing = false;
  }

  #begin(): void {
    if (this.#timer) return;
    // Messages from before the watch began say nothing about now, and silence until now was allowed.
    if (!this.#probing) this.#restart();
    this.#schedule();
  }

  /** The silence begins now. */
  #restart(): void {
    this.#heardAt = this.#clock.now();
    this.#askedAt = undefined;
  }

  #schedule(): void {
    this.#timer = this.#clock.after(this.#limit / 3, () => {
      // Data that arrived while our own program was busy is read first.
      this.#turn = setImmediate(() => this.#look());
    });
  }

  #look(): void {
    this.#timer = undefined;
    if (!this.#watched && !this.#probing) return;
    const now = this.#clock.now();
    if (this.#paused) this.#restart();
    const silent = now - this.#heardAt;
    // After the computer's sleep the silence is long, but nobody was asked yet.
    const asked = this.#askedAt !== undefined && now - this.#askedAt >= this.#limit / 3 - 1;
    if (silent >= this.#limit && asked) {
      this.dispose();
      this.#peer.dead();
      return;
    }
    if (silent >= this.#limit / 3 - 1) this.#ask();
    this.#schedule();
  }

  #ask(): void {
    this.#askedAt ??= this.#clock.now();
    this.#peer.ping();
  }
}
