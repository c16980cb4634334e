// Finding out after a reconnect which replies were lost: a reply to a later request says that no earlier one will come.
import { hasCode } from "../../base/errors";
import type { Logger } from "../../base/log";
import type { KernelFuture } from "./future";
import type { Channel, KernelInfo, Message } from "./messages";
import type { Requests } from "./requests";

export interface ProbePorts {
  readonly requests: Requests;
  readonly log: Logger;
  /** Asks the kernel for its info on this channel and subshell; `replied` is called when the reply comes. */
  readonly ask: (channel: Channel, subshell: string | undefined, replied: () => void) => KernelFuture<KernelInfo>;
  /** The kernel has said what it is, or something that cannot be read. */
  readonly told: (info: KernelInfo | Error) => void;
}

/**
 * Milliseconds from a reply to its `idle`. Where that does not come, the server was not listening yet when a new process
 * said it, and the kernel is asked again.
 */
const idleLimit = 1_000;

/** Each channel and each subshell answers in its own order, and is asked for itself where something waits there. */
export class Probes {
  readonly #ports: ProbePorts;
  #running: KernelFuture<KernelInfo>[] = [];

  constructor(ports: ProbePorts) {
    this.#ports = ports;
  }

  /**
   * Asks the main shell, and every other place where requests wait; what is open when its answer comes was lost.
   * @param heard called when the main shell's answer was complete: the kernel is heard on iopub too
   */
  start(heard: () => void): void {
    for (const probe of this.#running) probe.dispose();
    this.#running = [];
    const lanes = new Map<string, Message[]>([["shell ", []]]);
    for (const { message } of this.#ports.requests.sent) {
      const lane = `${message.channel} ${message.header.subshell_id ?? ""}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), message]);
    }
    for (const [lane, messages] of lanes) {
      const [channel, subshell] = lane.split(" ");
      this.#start(channel === "control" ? "control" : "shell", subshell === "" ? undefined : subshell, messages, heard);
    }
  }

  #start(channel: Channel, subshell: string | undefined, messages: readonly Message[], heard: () => void): void {
    const { requests, log, ask, told } = this.#ports;
    const earlier = messages.flatMap(({ header }) => requests.get(header.msg_id) ?? []);
    let again: NodeJS.Timeout | undefined;
    const probe = ask(channel, subshell, () => (again = setTimeout(() => this.start(heard), idleLimit)));
    this.#running.push(probe);
    probe.done.then(
      (info) => {
        clearTimeout(again);
        requests.close(earlier);
        told(info);
        if (channel === "shell" && subshell === undefined) heard();
      },
      (error: unknown) => {
        clearTimeout(again);
        log.debug("The kernel was not asked to the end", error);
        // A faulty answer is an answer, but no info will come.
        if (!hasCode(error, "invalid-message")) return;
        requests.close(earlier);
        told(error);
        heard();
      },
    );
  }
}
