// Delivery: what happened to the messages of one kernel connection when that broke, or the kernel's process was replaced. It is
// found by a probe after the reconnect, and by the numbers of the kernel's messages.
import { Deferred } from "../../../base/async";
import type { ServerSettings } from "../../../transport/settings";
import { refusedMessageError } from "../kernelErrors";
import { payloadSize, type Header, type KernelInfo, type Message } from "../messages";
import type { Requests } from "../requests/requests";
import { Redelivery, type RedeliveryPorts } from "./redelivery";
import { LossDetector } from "./lossDetector";
import type { Gap } from "./gap";
import { IdleWatch } from "./idleWatch";
import { InputAnswers } from "./inputAnswers";
import { Probes, type ProbeCallbacks, type ProbePorts } from "./probes";

/** The connection's link, as far as it is needed here. */
export interface DeliveryLink {
  send(message: Message, waits?: boolean): void;
  flush(): void;
  ask(): void;
}

export interface DeliveryPorts {
  readonly settings: ServerSettings;
  readonly clientId: string;
  readonly requests: Requests;
  /** The link, which may be made after this. */
  readonly link: () => DeliveryLink;
  /** Sends an empty, silent execute request. */
  readonly askNothing: RedeliveryPorts["ask"];
  /** Asks the kernel what it is. */
  readonly askInfo: ProbePorts["ask"];
  /** Stops what the kernel runs. */
  readonly interrupt: () => Promise<void>;
  readonly missed: (gap: Gap) => void;
}

/** Ensures that every request is settled, none is run twice, and losses are reported. */
export class Delivery {
  readonly #ports: DeliveryPorts;
  readonly #continuity: LossDetector;
  readonly #arrivals: Redelivery;
  readonly #probes: Probes;
  readonly #answers = new InputAnswers((answer, request) => this.#giveUp(request, answer));
  readonly #idleWatch: IdleWatch;
  #info = new Deferred<KernelInfo>();

  constructor(ports: DeliveryPorts) {
    this.#ports = ports;
    const { settings, clientId, requests, link, askNothing, askInfo, missed } = ports;
    const { label, log, timeouts } = settings;
    this.#continuity = new LossDetector({ clientId, isOwn: (id) => requests.get(id) !== undefined, missed });
    this.#arrivals = new Redelivery({
      ...{ requests, label, log, missed, ask: askNothing },
      send: (message) => link().send(message, true),
      settled: () => link().flush(),
    });
    this.#probes = new Probes({
      ...{ requests, arrivals: this.#arrivals, log, patience: timeouts.answer, ask: askInfo },
      told: (info) => {
        this.#continuity.probeAnswered();
        if (info instanceof Error) this.#info.reject(info);
        else this.#info.resolve(info);
      },
    });
    this.#idleWatch = new IdleWatch({ patience: timeouts.answer, isStuck: () => requests.replied, ask: () => link().ask() });
  }

  /** The info of the kernel's present process. Rejects when the connection ends before. */
  get info(): Promise<KernelInfo> {
    return this.#info.promise;
  }

  /** A message has come, and is passed on next. */
  received(message: Message): void {
    this.#continuity.received(message);
    this.#arrivals.received(message);
    this.#answers.received(message);
  }

  /** A message that had come was given to whom it belongs to. */
  passed({ channel }: Message): void {
    this.#idleWatch.received(channel === "shell");
  }

  /** A message that an earlier window has received, of a request that goes on. */
  recalled(message: Message): void {
    this.#answers.received(message);
  }

  /** A message is on its way. */
  sent(message: Message): void {
    this.#answers.sent(message);
  }

  /** Whether a message has to wait until it is known whether others have arrived. */
  holdsBack(message: Message): boolean {
    return this.#arrivals.holdsBack(message);
  }

  /** Probes the kernel: its reply proves which of the requests sent before it were lost. */
  probe(asking: ProbeCallbacks): void {
    this.#probes.start({ ...asking, isNew: asking.isNew || !this.#info.settled });
  }

  /**
   * Output of that time may be missing. If the kernel numbers its messages, real losses are reported by the loss detector, and this
   * guess is skipped.
   */
  mayHaveMissed(gap: Gap): void {
    if (!this.#continuity.counts) this.#ports.missed(gap);
  }

  /** The websocket is gone. @param silent by the liveness timeout, not by a close */
  broke(silent: boolean): void {
    this.#answers.lost(silent);
    if (this.#ports.requests.awaiting) this.#continuity.connectionLost();
    this.#arrivals.connectionLost(silent);
  }

  /** There is a websocket again. */
  mended(): void {
    this.#continuity.reconnected();
    const answer = this.#answers.takeLost();
    if (answer) this.#ports.link().send(answer);
  }

  /** A request has ended. @returns whether some of its output was dropped */
  ended(header: Header): boolean {
    return this.#continuity.ended(header);
  }

  /** The kernel's old process is gone, with all it held. */
  restarted(): void {
    this.#answers.clear();
    if (this.#info.settled) this.#info = new Deferred();
    this.#arrivals.restarted();
  }

  /** The connection has ended for good. */
  end(error: Error): void {
    this.#info.reject(error);
    this.#probes.stop();
    this.#continuity.dispose();
    this.#idleWatch.dispose();
  }

  /** The kernel waits for an answer that does not get through: what asked for it ends, and the kernel is freed. */
  #giveUp(request: string, answer: Message): void {
    const { settings, requests, interrupt } = this.#ports;
    requests.get(request)?.fail(refusedMessageError(settings.label, payloadSize(answer)));
    interrupt().catch((error: unknown) => settings.log.warn("A kernel that waits for an answer could not be interrupted", error));
  }
}
