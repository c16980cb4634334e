// Inbox of a kernel connection: from each received message to events, kernel state, and the request it answers.
import * as v from "valibot";
import { ShellState } from "./socket/shellState";
import type { Comms } from "./requests/comm";
import type { KernelEvents } from "./events";
import type { Delivery } from "./delivery/delivery";
import type { KernelLink } from "./socket/link";
import { contentOf, endingContent, statusContent, type Message } from "./messages";
import { ProcessChangeDetector } from "./socket/processChange";
import type { Requests } from "./requests/requests";

const exitPayload = v.looseObject({ source: v.literal("ask_exit"), keepkernel: v.optional(v.unknown()) });

export interface InboxPorts {
  readonly clientId: string;
  readonly requests: Requests;
  readonly events: KernelEvents;
  readonly comms: Comms;
  /** What is lost and what is said again is known there. */
  readonly delivery: Pick<Delivery, "received" | "passed" | "recalled">;
  /** The connection's link, which may be made after this. */
  readonly link: () => Pick<KernelLink, "dispatch" | "state">;
}

/** Takes every message of the kernel, in order. */
export class Inbox {
  readonly #ports: InboxPorts;
  readonly #process: ProcessChangeDetector;
  readonly #activity: ShellState;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
    this.#process = new ProcessChangeDetector(ports.clientId);
    this.#activity = new ShellState((id) => ports.requests.get(id));
  }

  /** @throws ProductError `invalid-message` where its content is faulty */
  take(message: Message): void {
    const { delivery, events, comms } = this.#ports;
    delivery.received(message);
    events.anyMessage.fire({ direction: "recv", message });
    this.#learn(message);
    this.#pass(message);
    delivery.passed(message);
    if (message.channel === "iopub") events.iopubMessage.fire(message);
    comms.handle(message);
  }

  /** Resumes what the previous window has received of a request that goes on. */
  recall(message: Message): void {
    this.#ports.delivery.recalled(message);
    this.#learnStatus(message);
  }

  /** The kernel's process is gone. */
  restarts(): void {
    this.#process.forget();
    this.#activity.forget();
  }

  /** Derives the kernel's state from it. */
  #learn(message: Message): void {
    const { events } = this.#ports;
    const link = this.#ports.link();
    if (this.#process.isAnother(message)) link.dispatch({ type: "another-process" });
    // A message with our own session id was made by the server.
    const isKernels = message.channel === "iopub" && message.header.session !== this.#ports.clientId;
    if (isKernels && link.state.heard === "connection") link.dispatch({ type: "heard", by: "iopub" });
    const type = message.header.msg_type;
    this.#learnStatus(message);
    if (message.channel === "iopub" && type === "shutdown_reply") {
      link.dispatch({ type: "ending", restart: contentOf(message, endingContent).restart });
    }
    if (type === "execute_reply" && asksToExit(message)) link.dispatch({ type: "exiting" });
    if (type === "input_request") events.pendingInput.fire(true);
  }

  #learnStatus(message: Message): void {
    const { channel, header, parent_header: parent } = message;
    // The status of a subshell is not the kernel's: its main shell goes on.
    if (channel !== "iopub" || header.msg_type !== "status" || parent.subshell_id) return;
    const status = this.#activity.statusMessage(contentOf(message, statusContent).execution_state, parent);
    this.#ports.link().dispatch({ type: "status-message", status, hasParent: parent.msg_id !== undefined });
  }

  /** Gives it to the request that it answers. */
  #pass(message: Message): void {
    const { requests, events, clientId } = this.#ports;
    const future = requests.find(message);
    if (future && message.channel === "iopub") requests.begun(future.message.header.msg_id);
    if (future) future.handle(message);
    else if (message.channel !== "iopub" && message.parent_header.session === clientId) events.unhandledMessage.fire(message);
  }
}

/** Whether the code ends its kernel, as `exit()` does. */
function asksToExit({ content: { payload } }: Message): boolean {
  return Array.isArray(payload) && payload.some((one) => v.is(exitPayload, one) && one.keepkernel !== true);
}
