// What becomes of the messages of one kernel connection where that breaks, or the kernel is another process: known by
// asking the kernel, and by the numbers of its messages.
import { Deferred } from "../../../base/async";
import type { ServerSettings } from "../../../transport/settings";
import type { Header, KernelInfo, Message } from "../messages";
import type { Requests } from "../requests/requests";
import type { KernelLink } from "../socket/link";
import { Arrivals, type ArrivalPorts } from "./arrivals";
import { Continuity } from "./continuity";
import type { Gap } from "./gap";
import { Probes, type Asking, type ProbePorts } from "./probes";

export interface DeliveryPorts {
  readonly settings: ServerSettings;
  readonly clientId: string;
  readonly requests: Requests;
  /** The connection's link, which may be made after this. */
  readonly link: () => KernelLink;
  /** Asks the kernel to run nothing, silently. */
  readonly askNothing: ArrivalPorts["ask"];
  /** Asks the kernel what it is. */
  readonly askInfo: ProbePorts["ask"];
  readonly missed: (gap: Gap) => void;
}

/** Sees to it that every request is settled, none is run twice, and what was lost is told. */
export class Delivery {
  readonly #requests: Requests;
  readonly #missed: (gap: Gap) => void;
  readonly #continuity: Continuity;
  readonly #arrivals: Arrivals;
  readonly #probes: Probes;
  #info = new Deferred<KernelInfo>();

  constructor({ settings, clientId, requests, link, askNothing, askInfo, missed }: DeliveryPorts) {
    const { label, log, timeouts } = settings;
    this.#requests = requests;
    this.#missed = missed;
    this.#continuity = new Continuity({ clientId, isOwn: (id) => requests.get(id) !== undefined, missed });
    this.#arrivals = new Arrivals({
      ...{ requests, label, log, missed, ask: askNothing },
      send: (message) => link().send(message, true),
      settled: () => link().flush(),
    });
    this.#probes = new Probes({
      ...{ requests, arrivals: this.#arrivals, log, patience: timeouts.answer, ask: askInfo },
      told: (info) => {
        this.#continuity.whole();
        if (info instanceof Error) this.#info.reject(info);
        else this.#info.resolve(info);
      },
    });
  }

  /** What the kernel's present process says of itself. Rejects when the connection ends before. */
  get info(): Promise<KernelInfo> {
    return this.#info.promise;
  }

  received(message: Message): void {
    this.#continuity.received(message);
    this.#arrivals.received(message);
  }

  /** Whether a message has to wait until it is known what became of others. */
  holdsBack(message: Message): boolean {
    return this.#arrivals.holdsBack(message);
  }

  /** Asks the kernel: its answer tells what became of the requests sent before. */
  probe(asking: Asking): void {
    this.#probes.start({ ...asking, isNew: asking.isNew || !this.#info.settled });
  }

  /** Output of that time may be missing. Where messages are numbered it shows whether any is, and nobody needs to be told that it may be so. */
  mayHaveMissed(gap: Gap): void {
    if (!this.#continuity.counts) this.#missed(gap);
  }

  /** The websocket is gone. @param silent nothing had been heard for too long */
  broke(silent: boolean): void {
    if (this.#requests.awaiting) this.#continuity.broke();
    this.#arrivals.broke(silent);
  }

  /** There is a websocket again. */
  mended(): void {
    this.#continuity.mended();
  }

  /** A request has ended. @returns whether some of what the kernel said to it was dropped */
  ended(header: Header): boolean {
    return this.#continuity.ended(header);
  }

  /** The kernel's old process is gone, with all it held. */
  restarted(): void {
    if (this.#info.settled) this.#info = new Deferred();
    this.#arrivals.restarted();
  }

  /** The connection has ended for good. */
  end(error: Error): void {
    this.#info.reject(error);
    this.#probes.stop();
    this.#continuity.dispose();
  }
}
