// Loss detector: finds lost messages of a kernel that numbers what it sends, by gaps in the numbers.
import { systemClock, type Clock } from "../../../base/clock";
import type { Disposable } from "../../../base/disposable";
import { IOPubDropDetector } from "./dropDetector";
import type { Gap } from "./gap";
import type { Header, Message } from "../messages";
import { MissingNumbers } from "../missing";

/** Requests of other clients that are tracked at most. */
const most = 10_000;
/** Milliseconds by which messages of different channels and threads overtake each other at most. */
const overtaking = 300;

export interface LossDetectorPorts {
  readonly clientId: string;
  /** Whether this is the id of a request of ours, whose reply comes to us. The server asks in our name too. */
  readonly isOwn: (requestId: string) => boolean;
  /** Called once for an outage in which messages were lost, as soon as that is known. */
  readonly missed: (gap: Gap) => void;
}

/**
 * Follows the numbers in the message ids of one kernel. Kernels built on jupyter_client (ipykernel and those derived from
 * it) count what they send, on all channels: `SESSION_PID_NUMBER`. A proxy that dies loses what it had not passed
 * on yet, and neither side is notified; the gap in the numbers shows it.
 *
 * A reply goes only to the client that asked, so every foreign request (the server's own too) leaves one missing number; its
 * `busy` and `idle` on iopub announce it.
 */
export class LossDetector implements Disposable {
  readonly #ports: LossDetectorPorts;
  readonly #clock: Clock;
  #process: string | undefined;
  #next = 0;
  readonly #missing = new MissingNumbers();
  /** Foreign requests that the kernel is handling, each with the number of its `busy`, and how many of its numbers may be missing. */
  readonly #foreign = new Map<string, { readonly busy: number; readonly mayMiss: number }>();
  /** The numbers of the `idle` of our own requests. */
  readonly #idles = new Map<string, number>();
  /** The outage whose losses are not known yet; `to` once there is a connection again. */
  #outage: { readonly from: number; readonly to?: number } | undefined;
  #look: Disposable | undefined;
  #drops = new IOPubDropDetector();

  constructor(ports: LossDetectorPorts, clock: Clock = systemClock) {
    this.#ports = ports;
    this.#clock = clock;
  }

  /** Whether this kernel's messages have numbers. */
  get counts(): boolean {
    return this.#process !== undefined;
  }

  /** The connection broke, while answers were awaited. */
  connectionLost(): void {
    this.#look?.dispose();
    this.#look = undefined;
    this.#outage = { from: this.#outage?.from ?? this.#clock.now() };
  }

  reconnected(): void {
    this.#drops.interrupted();
    if (this.#outage) this.#outage = { from: this.#outage.from, to: this.#clock.now() };
  }

  /** A probe sent after the reconnect was answered: every loss is known by now. */
  probeAnswered(): void {
    this.dispose();
    this.#outage = undefined;
  }

  received({ channel, header, parent_header: parent, content }: Message): void {
    const [, process, digits] = /^(.+_\d+)_(\d{1,15})$/.exec(header.msg_id) ?? [];
    // A message with our own session id was made by the server.
    if (header.session === this.#ports.clientId) {
      if (header.msg_type === "stream") this.#drops.rateLimited();
      return;
    }
    if (process === undefined) return;
    const number = Number(digits);
    if (process !== this.#process || this.#foreign.size > most) this.#begin(process, number);
    this.#count(number);
    const isOwn = parent.msg_id !== undefined && this.#ports.isOwn(parent.msg_id);
    this.#drops.received(number);
    if (channel === "iopub") this.#drops.receivedOnIOPub(number, isOwn ? parent.msg_id : undefined, content["execution_state"]);
    // Losses lie between the last message before the outage and the first one after it.
    if (this.#outage?.to !== undefined && isOwn && !isQuestion(parent)) {
      this.#look ??= this.#clock.after(overtaking, () => this.#tellMissing(number));
    }
    if (channel !== "iopub" || header.msg_type !== "status" || parent.msg_id === undefined) return;
    const idle = content["execution_state"] === "idle";
    if (isOwn) {
      if (idle) this.#idles.set(parent.msg_id, number);
    } else if (idle) this.#explain(parent.msg_id, number);
    // Its reply does not come to us. A request of the server's own has an `idle` besides, which may be missing, too.
    else this.#foreign.set(parent.msg_id, { busy: number, mayMiss: isQuestion(parent) ? 2 : 1 });
  }

  /**
   * A request of ours has ended: everything that the kernel sent up to its `idle`, that included, should have come.
   * @returns whether it ran code of which output was dropped though the connection held
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

  /** Reports a loss where a number below `number` is missing that foreign requests do not explain. */
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
   * has not come, that is missing, too: a server that probes the kernel before it lets us through keeps the first message for itself.
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
    this.#drops = new IOPubDropDetector();
  }

  #count(number: number): void {
    this.#missing.delete(number);
    this.#missing.add(this.#next, number);
    this.#next = Math.max(this.#next, number + 1);
  }
}

/**
 * Whether a request is a probe of the connection. Before its reply the server probes the kernel likewise, and keeps a part of the
 * kernel's answer for itself: numbers that are missing there are no lost output.
 */
function isQuestion({ msg_type: type }: Partial<Pick<Header, "msg_type">>): boolean {
  return type === "kernel_info_request";
}
