// What the kernel is at, from its status messages: several of its threads say that, each for itself.
import type { Header } from "../messages";

/**
 * What kernels also take on their control channel, beside what their shell runs. A status message does not say to which
 * channel it belongs.
 * Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-control-channel
 */
const onControl = /^(?:kernel_info|debug|interrupt|shutdown|usage|(?:create|delete|list)_subshell)_request$/;

/**
 * Follows what the main shell runs. The `idle` of a request on the control channel says nothing of that: servers ask on
 * both channels before they let a client through, and debuggers ask while a cell runs.
 */
export class Activity {
  readonly #channelOf: (requestId: string) => string | undefined;
  /** The request that the main shell has begun with. */
  #running: string | undefined;

  /** @param channelOf the channel of a request of ours; undefined for those of others */
  constructor(channelOf: (requestId: string) => string | undefined) {
    this.#channelOf = channelOf;
  }

  /** Takes the status that the kernel has told for the request `parent`. @returns the kernel's own */
  told(status: string, { msg_id: id, msg_type: type = "" }: Partial<Header>): string {
    const channel = id === undefined ? undefined : this.#channelOf(id);
    const isAside = channel === undefined ? onControl.test(type) : channel === "control";
    if (isAside) return status === "idle" && this.#running !== undefined ? "busy" : status;
    // The shell takes one request at a time: with a later one the earlier is over, whether or not that was heard.
    this.#running = status === "busy" ? id : undefined;
    return status;
  }

  /** The process that ran anything is gone. */
  forget(): void {
    this.#running = undefined;
  }
}
