// Finding out that the other side of a websocket is gone although the connection looks open.

export interface LivenessPeer {
  /** Sends a ping. */
  ping(): void;
  /** Called once when no sign of life came in time. */
  dead(): void;
}

/**
 * While watched, pings a peer that has been silent for a third of `limit` and declares it dead after `limit`.
 * While not watched it does nothing, so that an idle connection costs the server nothing; `probe` asks once.
 */
export class Liveness {
  readonly #limit: number;
  readonly #peer: LivenessPeer;
  #heardAt = Date.now();
  #watched = false;
  #probing = false;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param limit milliseconds of silence */
  constructor(limit: number, peer: LivenessPeer) {
    this.#limit = limit;
    this.#peer = peer;
  }

  /** Something arrived from the peer. */
  heard(): void {
    this.#heardAt = Date.now();
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
    this.#heardAt = Date.now();
  }

  /** Asks for one sign of life within the limit, watched or not. */
  probe(): void {
    this.#probing = true;
    this.#heardAt = Date.now();
    this.#peer.ping();
    this.#begin();
  }

  /** Whether the silence has lasted longer than the limit; timers stand still while the computer sleeps. */
  get overdue(): boolean {
    return !this.#paused && Date.now() - this.#heardAt >= this.#limit;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watched = false;
    this.#probing = false;
  }

  #begin(): void {
    if (this.#timer) return;
    // What was heard before the watch began says nothing about now, and silence until now was allowed.
    if (!this.#probing) this.#heardAt = Date.now();
    this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#watched && !this.#probing) return;
      if (this.#paused) this.#heardAt = Date.now();
      const silent = Date.now() - this.#heardAt;
      if (silent >= this.#limit) {
        this.dispose();
        this.#peer.dead();
        return;
      }
      if (silent >= this.#limit / 3 - 1) this.#peer.ping();
      this.#schedule();
    }, this.#limit / 3);
  }
}
