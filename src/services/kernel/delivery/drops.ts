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
 * Follows the numbers of the messages of one kernel's process. Where a kernel says more than the server takes, and a
 * thousand messages wait, ZeroMQ drops what follows, and tells nobody.
 */
export class Drops {
  /** Of the last message on iopub, where it belongs to a request of ours and came by this connection. */
  #last: number | undefined;
  #holes: Hole[] = [];
  /** The numbers of the `busy` of our own requests. */
  readonly #busies = new Map<string, number>();
  /** The server holds output back, which it says itself. */
  #heldBack = false;

  /** What comes from now on comes by another connection: what is missing before it was not dropped. */
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
