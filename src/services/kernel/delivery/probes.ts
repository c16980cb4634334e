// Probe after a reconnect: a `kernel_info_request`, whose reply proves that no reply to an earlier request can still come.
import { backoff } from "../../../base/async";
import { hasCode } from "../../../base/errors";
import type { Logger } from "../../../base/log";
import type { Redelivery } from "./redelivery";
import type { KernelFuture } from "../requests/future";
import type { Channel, KernelInfo, Message } from "../messages";
import type { Requests } from "../requests/requests";

export interface ProbePorts {
  readonly requests: Requests;
  readonly arrivals: Redelivery;
  readonly log: Logger;
  /** Asks the kernel for its info on this channel and subshell; `replied` is called when the reply comes. */
  readonly ask: (channel: Channel, subshell: string | undefined, replied: () => void) => KernelFuture<KernelInfo>;
  /**
   * Milliseconds: the first retry delay of an unanswered probe. The `idle` must follow its reply within half of it; if it does not,
   * the server had not subscribed to iopub yet when a new process published it.
   */
  readonly patience: number;
  /** Called with the kernel's info, or with the error where the reply could not be read. */
  readonly told: (info: KernelInfo | Error) => void;
}

/** Callbacks for the outcome of a probe of the main shell. */
export interface ProbeCallbacks {
  /** The kernel's process is a new one: a probe may have gone to the old one, and is retried. */
  readonly isNew: boolean;
  /** Reply and `idle` have come: iopub is received too. */
  readonly onIOPub: () => void;
  /** The kernel replies, but nothing comes on iopub: another websocket is needed. */
  readonly onNoIOPub: () => void;
  /** No reply after several retries. A kernel that is busy for another client is waited for; else another websocket is needed. */
  readonly onNoReply: () => void;
}

/** Replies without `idle`, in a row, after which iopub counts as not received. */
const deafAfter = 3;
/** Websockets that are opened for that; a kernel that then still has no `idle` never publishes it. As many are opened for silence. */
const maxReopened = 3;
/** Retries of a probe on one websocket before its silence is reported. */
const silentAfter = 2;
/** Retries of a probe at most; a kernel that is busy for others has them all in its queue. */
const maxRepeats = 8;

/** Probes each channel and each subshell on which requests wait: each of them answers in an order of its own. */
export class Probes {
  readonly #ports: ProbePorts;
  #running: KernelFuture<KernelInfo>[] = [];
  #again: NodeJS.Timeout | undefined;
  #withoutIdle = 0;
  #reopened = 0;
  #silences = 0;

  constructor(ports: ProbePorts) {
    this.#ports = ports;
  }

  /** Probes the main shell, and every other channel or subshell where requests wait; requests still open when the reply comes were lost. */
  start(asking: ProbeCallbacks): void {
    this.#withoutIdle = 0;
    this.#ask(asking, 0);
  }

  /** The connection has ended: nothing is asked any more. */
  stop(): void {
    clearTimeout(this.#again);
    for (const probe of this.#running) probe.dispose();
    this.#running = [];
  }

  #ask(asking: ProbeCallbacks, repeats: number): void {
    this.stop();
    const lanes = new Map<string, Message[]>([["shell ", []]]);
    for (const { message } of this.#ports.requests.sent) {
      const lane = `${message.channel} ${message.header.subshell_id ?? ""}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), message]);
    }
    for (const [lane, messages] of lanes) {
      const [channel, subshell] = lane.split(" ");
      this.#start(channel === "control" ? "control" : "shell", subshell === "" ? undefined : subshell, messages, asking);
    }
    if (!asking.isNew || repeats === maxRepeats) return;
    if (repeats === silentAfter && this.#silences < maxReopened) {
      this.#silences += 1;
      asking.onNoReply();
    }
    const { patience } = this.#ports;
    this.#again = setTimeout(() => this.#ask(asking, repeats + 1), backoff(repeats, patience, 12 * patience));
  }

  #start(channel: Channel, subshell: string | undefined, messages: readonly Message[], asking: ProbeCallbacks): void {
    const { requests, arrivals, log, ask, told } = this.#ports;
    const isMain = channel === "shell" && subshell === undefined;
    const earlier = messages.flatMap(({ header }) => requests.get(header.msg_id) ?? []);
    const answered = (info: KernelInfo | Error): void => {
      const missing = arrivals.settle(earlier);
      told(info);
      if (!isMain) return;
      clearTimeout(this.#again);
      this.#reopened = 0;
      this.#silences = 0;
      asking.onIOPub();
      arrivals.verify(missing);
    };
    const probe = ask(channel, subshell, () => {
      if (isMain) this.#awaitIdle(asking, probe);
    });
    this.#running.push(probe);
    probe.done.then(answered, (error: unknown) => {
      log.debug("The kernel was not asked to the end", error);
      // A faulty answer is an answer, but no info will come.
      if (hasCode(error, "invalid-message")) answered(error);
    });
  }

  /** The kernel has replied; its `idle` must follow. */
  #awaitIdle(asking: ProbeCallbacks, probe: KernelFuture<KernelInfo>): void {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#withoutIdle += 1;
      if (this.#withoutIdle < deafAfter) this.#ask(asking, maxRepeats);
      else if (this.#reopened < maxReopened) {
        this.#reopened += 1;
        asking.onNoIOPub();
      } else probe.close();
    }, this.#ports.patience / 2);
  }
}
