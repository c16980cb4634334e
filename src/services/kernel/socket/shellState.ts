// Shell state: derives busy/idle of the kernel's main shell; control and subshell threads publish a status of their own, which is ignored.
import type { AnyFuture } from "../requests/requests";
import type { Header } from "../messages";

/**
 * Request types that kernels also take on their control channel, beside the running shell. A status message does not say to which
 * channel it belongs.
 * Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-control-channel
 */
const onControl = /^(?:kernel_info|debug|interrupt|shutdown|usage|(?:create|delete|list)_subshell)_request$/;

/**
 * Follows the main shell. The `idle` of a request on the control channel says nothing about it: servers send requests on both
 * channels before they let a client through, and debuggers send some while a cell runs.
 */
export class ShellState {
  readonly #requestOf: (id: string) => Pick<AnyFuture, "message" | "isAside"> | undefined;
  /** The request that the main shell has begun with. */
  #running: string | undefined;

  /** @param requestOf gives a request of ours; undefined for those of others */
  constructor(requestOf: (id: string) => Pick<AnyFuture, "message" | "isAside"> | undefined) {
    this.#requestOf = requestOf;
  }

  /** Takes a status message for the request `parent`. @returns the status of the main shell */
  statusMessage(status: string, { msg_id: id, msg_type: type = "" }: Partial<Header>): string {
    const request = id === undefined ? undefined : this.#requestOf(id);
    const channel = request?.message.channel;
    const isAside = channel === undefined ? onControl.test(type) : channel === "control";
    if (isAside) return status === "idle" && this.#running !== undefined ? "busy" : status;
    // The shell takes one request at a time: a later one ends the earlier, whether or not its `idle` has come.
    this.#running = status === "busy" && !request?.isAside ? id : undefined;
    return request?.isAside ? "idle" : status;
  }

  /** The process is gone, with what it ran. */
  forget(): void {
    this.#running = undefined;
  }
}
