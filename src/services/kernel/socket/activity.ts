// What the kernel is at, from its status messages: several of its threads say that, each for itself.
import type { AnyFuture } from "../requests/requests";
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
  readonly #requestOf: (id: string) => Pick<AnyFuture, "message" | "isAside"> | undefined;
  /** The request that the main shell has begun with. */
  #running: string | undefined;

  /** @param requestOf gives a request of ours; undefined for those of others */
  constructor(requestOf: (id: string) => Pick<AnyFuture, "message" | "isAside"> | undefined) {
    this.#requestOf = requestOf;
  }

  /** Takes the status that the kernel has told for the request `parent`. @returns the kernel's own */
  told(status: string, { msg_id: id, msg_type: type = "" }: Partial<Header>): string {
    const request = id === undefined ? undefined : this.#requestOf(id);
    const channel = request?.message.channel;
    const isAside = channel === undefined ? onControl.test(type) : channel === "control";
    if (isAside) return status === "idle" && this.#running !== undefined ? "busy" : status;
    // The shell takes one request at a time: with a later one the earlier is over, whether or not that was heard.
    this.#running = status === "busy" && !request?.isAside ? id : undefined;
    return request?.isAside ? "idle" : status;
  }

  /** The process that ran anything is gone. */
  forget(): void {
    this.#running = undefined;
  }
}
