// Drop detector: iopub messages of a run that ZeroMQ dropped between kernel and server (its high-water mark), though the connection held.

/** A gap of so many consecutive numbers cannot be replies to other clients: each lies between a `busy` and an `idle` that we receive. */
const manyInARow = 20;

/** Holes that are kept; more of them add no information. */
const most = 10;

/** Numbers that had not come, between two that had. */
interface Hole {
  readonly above: number;
  readonly below: number;
  missing: number;
}

/**
 * Follows the numbers of the messages of one kernel's process. Where a kernel publishes faster than the server reads, and a
 * thousand messages wait (the high-water mark), ZeroMQ drops what follows, and reports it to nobody.
 */
export class IOPubDropDetector {
  /** Number of the last message on iopub, where it belongs to a request of ours and came by this connection. */
  #last: number | undefined;
  #holes: Hole[] = [];
  /** The numbers of the `busy` of our own requests. */
  readonly #busies = new Map<string, number>();
  /** The server's rate limit holds output back; it reports that itself. */
  #heldBack = false;

  /** After a reconnect: a gap before the next message is no drop. */
  interrupted(): void {
    this.#last = undefined;
  }

  /** The server has reported its rate limit: it holds output back until the kernel is idle, as jupyter_server does. */
  rateLimited(): void {
    this.#heldBack = true;
  }

  /** A message on any channel. Messages of a kernel's threads may overtake each other by many numbers, but not the end of a run. */
  received(number: number): void {
    for (const hole of this.#holes) if (number > hole.above && number < hole.below) hole.missing--;
  }

  /**
   * A message on iopub.
   * @param request the one of ours that it belongs to
   * @param state what it says that the kernel does with that
   */
  receivedOnIOPub(number: number, request: string | undefined, state: unknown): void {
    if (request !== undefined && this.#last !== undefined && !this.#heldBack) this.#noteHole(this.#last, number);
    this.#last = request === undefined ? undefined : number;
    if (state === "idle") this.#heldBack = false;
    if (state === "busy" && request !== undefined) this.#busies.set(request, number);
  }

  /**
   * A request of ours has ended.
   * @param idle the number of its `idle`; undefined where that has not come
   * @param isRun it ran code on the kernel's main shell, which takes one request after the other
   * @returns whether some of what the kernel said to it was dropped; false where it was no run
   */
  ended(request: string, idle: number | undefined, isRun: boolean): boolean {
    const busy = this.#busies.get(request) ?? Number.NEGATIVE_INFINITY;
    this.#busies.delete(request);
    if (!isRun) return false;
    this.#holes = this.#holes.filter(({ below, missing }) => busy < below && missing >= manyInARow);
    return this.#holes.some(({ above }) => idle === undefined || above < idle);
  }

  #noteHole(above: number, below: number): void {
    const missing = below - above - 1;
    if (missing >= manyInARow) this.#holes = [...this.#holes.slice(1 - most), { above, below, missing }];
  }
}
