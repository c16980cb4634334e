// Whether messages of the kernel were lost: kernels that number what they send show it.
import { systemClock, type Clock } from "../../../base/clock";
import type { Disposable } from "../../../base/disposable";
import { Drops } from "./drops";
import type { Gap } from "./gap";
import type { Header, Message } from "../messages";
import { MissingNumbers } from "../missing";

/** So many requests of others are looked after. */
const most = 10_000;
/** Milliseconds by which messages of different channels and threads overtake each other at most. */
const overtaking = 300;

export interface ContinuityPorts {
  readonly clientId: string;
  /** Whether this is the id of a request of ours, whose reply comes to us. The server asks in our name too. */
  readonly isOwn: (requestId: string) => boolean;
  /** Called once for an outage in which messages were lost, as soon as that is known. */
  readonly missed: (gap: Gap) => void;
}

/**
 * Follows the numbers in the message ids of one kernel. Kernels built on jupyter_client (ipykernel and those derived from
 * it) count what they send, on all channels: `SESSION_PID_NUMBER`. A proxy that dies takes along what it had not passed
 * on yet, and neither side is told; here it is seen.
 *
 * Numbers that nobody sends to us are the replies to others, the server among them: what they asked shows on iopub.
 */
export class Continuity implements Disposable {
  readonly #ports: ContinuityPorts;
  readonly #clock: Clock;
  #process: string | undefined;
  #next = 0;
  readonly #missing = new MissingNumbers();
  /** Requests of others that the kernel is at, each with the number of its `busy`, and how many numbers of it may be missing. */
  readonly #foreign = new Map<string, { readonly busy: number; readonly mayMiss: number }>();
  /** The numbers of the `idle` of our own requests. */
  readonly #idles = new Map<string, number>();
  /** The outage whose losses are not known yet; `to` once there is a connection again. */
  #outage: { readonly from: number; readonly to?: number } | undefined;
  #look: Disposable | undefined;
  #drops = new Drops();

  constructor(ports: ContinuityPorts, clock: Clock = systemClock) {
    this.#ports = ports;
    this.#clock = clock;
  }

  /** Whether this kernel's messages have numbers. */
  get counts(): boolean {
    return this.#process !== undefined;
  }

  /** The connection broke, while answers were awaited. */
  broke(): void {
    this.#look?.dispose();
    this.#look = undefined;
    this.#outage = { from: this.#outage?.from ?? this.#clock.now() };
  }

  mended(): void {
    this.#drops.interrupted();
    if (this.#outage) this.#outage = { from: this.#outage.from, to: this.#clock.now() };
  }

  /** The kernel has answered a question that was asked since: whatever was lost is known. */
  whole(): void {
    this.dispose();
    this.#outage = undefined;
  }

  received({ channel, header, parent_header: parent, content }: Message): void {
    const [, process, digits] = /^(.+_\d+)_(\d{1,15})$/.exec(header.msg_id) ?? [];
    // What carries our own id the server has made up.
    if (header.session === this.#ports.clientId) {
      if (header.msg_type === "stream") this.#drops.heldBack();
      return;
    }
    if (process === undefined) return;
    const number = Number(digits);
    if (process !== this.#process || this.#foreign.size > most) this.#begin(process, number);
    this.#count(number);
    const isOwn = parent.msg_id !== undefined && this.#ports.isOwn(parent.msg_id);
    this.#drops.received(number);
    if (channel === "iopub") this.#drops.receivedOnIOPub(number, isOwn ? parent.msg_id : undefined, content["execution_state"]);
    // What was lost is between the last message before the outage and the first one after it.
    if (this.#outage?.to !== undefined && isOwn && !isQuestion(parent)) {
      this.#look ??= this.#clock.after(overtaking, () => this.#tellMissing(number));
    }
    if (channel !== "iopub" || header.msg_type !== "status" || parent.msg_id === undefined) return;
    const idle = content["execution_state"] === "idle";
    if (isOwn) {
      if (idle) this.#idles.set(parent.msg_id, number);
    } else if (idle) this.#explain(parent.msg_id, number);
    // Its reply comes to nobody here. What the server asks for its own sake has an `idle` besides, which may be lost, too.
    else this.#foreign.set(parent.msg_id, { busy: number, mayMiss: isQuestion(parent) ? 2 : 1 });
  }

  /**
   * A request of ours has ended: all that the kernel sent before its `idle` should have come, and that itself.
   * @returns whether it ran code, and some of what the kernel said to that was dropped though the connection held
   */
  ended({ msg_id: id, ...header }: Header): boolean {
    const idle = this.#idles.get(id);
    this.#idles.delete(id);
    const dropped = this.#drops.ended(id, idle, header.msg_type === "execute_request");
    if (isQuestion(header) && this.#outage) return dropped;
    if (idle === undefined) this.#tell();
    else this.#tellMissing(idle);
    return dropped;
  }

  dispose(): void {
    this.#look?.dispose();
    this.#look = undefined;
  }

  /** Tells where something before `number` is missing that cannot be somebody else's. */
  #tellMissing(number: number): void {
    const missing = this.#missing.takeBelow(number);
    const foreign = [...this.#foreign.values()].reduce((sum, { busy, mayMiss }) => (busy < number ? sum + mayMiss : sum), 0);
    const unexplained = missing - foreign;
    if (unexplained > 0) this.#tell();
  }

  #tell(): void {
    if (this.#outage?.to === undefined) return;
    const { from, to } = this.#outage;
    this.#outage = undefined;
    this.#ports.missed({ from, to });
  }

  /**
   * Another client's request is over: its reply, the last thing before its `idle`, went to that client. Where its `busy`
   * has not come, that is missing, too: a server that asks before it lets us through keeps the first message for itself.
   */
  #explain(requestId: string, idle: number): void {
    const busy = this.#foreign.get(requestId)?.busy;
    this.#foreign.delete(requestId);
    this.#missing.takeLargest(busy === undefined ? 2 : 1, busy ?? Number.NEGATIVE_INFINITY, idle);
  }

  #begin(process: string, number: number): void {
    this.#process = process;
    this.#next = number;
    this.#missing.clear();
    this.#foreign.clear();
    this.#idles.clear();
    this.#drops = new Drops();
  }

  #count(number: number): void {
    this.#missing.delete(number);
    this.#missing.add(this.#next, number);
    this.#next = Math.max(this.#next, number + 1);
  }
}

/**
 * What is asked for the connection's sake. Before its answer the server asks the like, and keeps a part of what the
 * kernel says to that for itself: numbers that are missing there are nobody's output.
 */
function isQuestion({ msg_type: type }: Partial<Pick<Header, "msg_type">>): boolean {
  return type === "kernel_info_request";
}
