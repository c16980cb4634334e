// Whether messages of the kernel were lost: kernels that number what they send show it.
import type { Message } from "./messages";
import type { Gap } from "./link";

/** So many missing numbers, and requests of others, are looked after. */
const most = 10_000;

/**
 * Follows the numbers in the message ids of one kernel. Kernels built on jupyter_client (ipykernel and those derived from
 * it) count what they send, on all channels: `SESSION_PID_NUMBER`. A proxy that dies takes along what it had not passed
 * on yet, and neither side is told; here it is seen.
 *
 * Numbers that nobody sends to us are the replies to other clients: what they asked shows on iopub.
 */
export class Continuity {
  readonly #clientId: string;
  #process: string | undefined;
  #next = 0;
  readonly #missing = new Set<number>();
  /** Requests of other clients that the kernel has begun. */
  readonly #foreign = new Set<string>();
  /** The numbers of the `idle` of our own requests. */
  readonly #idles = new Map<string, number>();
  #broken: number | undefined;
  #mended = 0;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  /** Whether this kernel's messages have numbers. */
  get counts(): boolean {
    return this.#process !== undefined;
  }

  /** The connection broke, while answers were awaited. */
  broke(): void {
    this.#broken ??= Date.now();
  }

  mended(): void {
    this.#mended = Date.now();
  }

  /** The kernel has answered a question that was asked since: whatever was lost is known. */
  whole(): void {
    this.#broken = undefined;
  }

  received({ channel, header, parent_header: parent, content }: Message): void {
    const [, process, digits] = /^(.+_\d+)_(\d+)$/.exec(header.msg_id) ?? [];
    // What carries our own id the server has made up.
    if (process === undefined || header.session === this.#clientId) return;
    const number = Number(digits);
    if (process !== this.#process || this.#foreign.size > most) this.#begin(process, number);
    this.#count(number);
    if (channel !== "iopub" || header.msg_type !== "status" || parent.msg_id === undefined) return;
    if (parent.session !== this.#clientId) this.#foreign.add(parent.msg_id);
    else if (content["execution_state"] === "idle") this.#idles.set(parent.msg_id, number);
  }

  /**
   * A request of ours has ended: all that the kernel sent before its `idle` should have come.
   * @returns the outage in which some of it was lost
   */
  ended(requestId: string): Gap | undefined {
    const idle = this.#idles.get(requestId);
    if (idle === undefined) return undefined;
    this.#idles.delete(requestId);
    const missing = [...this.#missing].filter((number) => number < idle);
    for (const number of missing) this.#missing.delete(number);
    const unexplained = missing.length - this.#foreign.size;
    this.#foreign.clear();
    if (this.#broken === undefined || unexplained <= 0) return undefined;
    const gap = { from: this.#broken, to: Math.max(this.#broken, this.#mended) };
    this.#broken = undefined;
    return gap;
  }

  #begin(process: string, number: number): void {
    this.#process = process;
    this.#next = number;
    this.#missing.clear();
    this.#foreign.clear();
    this.#idles.clear();
  }

  #count(number: number): void {
    this.#missing.delete(number);
    for (let missing = Math.max(this.#next, number - most); missing < number; missing++) this.#missing.add(missing);
    this.#next = Math.max(this.#next, number + 1);
  }
}
