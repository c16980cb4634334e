// Messages of a run that were dropped between kernel and server, though the connection held.

/** So many numbers in a row are nobody's replies: the kernel says `busy` and `idle` around each. */
const manyInARow = 20;

/** So many holes are looked after: more of them say nothing new. */
const most = 10;

/** Numbers that had not come, between two that had. */
interface Hole {
  readonly above: number;
  readonly below: number;
  missing: number;
}

/**
 * Follows the numbers of one kernel's messages. ZeroMQ drops what a kernel says faster than the server takes it, a
 * thousand messages and more behind each other, and tells nobody.
 */
export class Drops {
  /** Of the last message on iopub, where it belongs to a request of ours and came by this connection. */
  #last: number | undefined;
  #holes: Hole[] = [];
  readonly #busies = new Map<string, number>();
  readonly #idles = new Map<string, number>();
  /** The server holds output back, which it says itself. */
  #heldBack = false;

  /** What came, and what comes, by another connection or from another process is not followed up. */
  interrupted(): void {
    this.#last = undefined;
  }

  /** The server has told that it holds output back: until the kernel is idle, as jupyter_server does. */
  heldBack(): void {
    this.#heldBack = true;
  }

  /** A message on any channel. What a kernel's threads say may overtake each other by many, but not the end of a run. */
  received(number: number): void {
    for (const hole of this.#holes) if (number > hole.above && number < hole.below) hole.missing--;
  }

  /**
   * A message on iopub.
   * @param request the one of ours that it belongs to
   * @param state what it says that the kernel does with that
   */
  receivedOnIOPub(number: number, request: string | undefined, state: unknown): void {
    const last = this.#last;
    this.#last = request === undefined ? undefined : number;
    const skipped = request === undefined || last === undefined || this.#heldBack ? 0 : number - last - 1;
    if (last !== undefined && skipped >= manyInARow) this.#holes = [...this.#holes.slice(1 - most), { above: last, below: number, missing: skipped }];
    if (state === "idle") this.#heldBack = false;
    if (request === undefined) return;
    if (state === "busy") this.#busies.set(request, number);
    if (state === "idle") this.#idles.set(request, number);
  }

  /**
   * A request of ours has ended.
   * @param isRun it ran code on the kernel's main shell, which takes one request after the other
   * @returns whether some of what the kernel said to it was dropped; false where it was no run
   */
  ended(request: string, isRun: boolean): boolean {
    const busy = this.#busies.get(request) ?? Number.NEGATIVE_INFINITY;
    const idle = this.#idles.get(request) ?? Number.POSITIVE_INFINITY;
    this.#busies.delete(request);
    this.#idles.delete(request);
    if (!isRun) return false;
    this.#holes = this.#holes.filter(({ below, missing }) => busy < below && missing >= manyInARow);
    return this.#holes.some(({ above }) => above < idle);
  }
}
