// What a received message means to its kernel connection: events, state, and the request it belongs to.
import * as v from "valibot";
import type { Disposable } from "../../base/disposable";
import { Activity } from "./socket/activity";
import type { Comms } from "./requests/comm";
import type { KernelEvents } from "./events";
import { IdleWatch } from "./delivery/idleWatch";
import { InputAnswers } from "./delivery/inputAnswers";
import type { KernelLink } from "./socket/link";
import { contentOf, endingContent, statusContent, type Message } from "./messages";
import { KernelProcess } from "./socket/process";
import type { Requests } from "./requests/requests";

const exitPayload = v.looseObject({ source: v.literal("ask_exit"), keepkernel: v.optional(v.unknown()) });

export interface InboxPorts {
  readonly clientId: string;
  readonly requests: Requests;
  readonly events: KernelEvents;
  readonly comms: Comms;
  readonly link: Pick<KernelLink, "dispatch" | "isHeard" | "mayHearOldProcess" | "heardOnIOPub" | "ask">;
  /** See `IdleWatchPorts`. */
  readonly patience: number;
  /** The request with this id cannot be answered: the connection breaks each time with what it was to be told. */
  readonly unanswerable: (request: string, answer: Message) => void;
}

/** Takes every message of the kernel, in order. */
export class Inbox implements Disposable {
  /** What was answered to the kernel's questions. */
  readonly answers: InputAnswers;
  readonly #ports: InboxPorts;
  readonly #process: KernelProcess;
  readonly #activity: Activity;
  readonly #idleWatch: IdleWatch;

  constructor(ports: InboxPorts) {
    const { requests, patience, link } = ports;
    this.#ports = ports;
    this.answers = new InputAnswers((answer, request) => ports.unanswerable(request, answer));
    this.#process = new KernelProcess(ports.clientId);
    this.#activity = new Activity((id) => requests.get(id));
    this.#idleWatch = new IdleWatch({ patience, isStuck: () => requests.replied, ask: () => link.ask() });
  }

  /** @throws ConnectError `invalid-message` where its content is faulty */
  take(message: Message): void {
    const { events, comms } = this.#ports;
    this.answers.received(message);
    events.anyMessage.fire({ direction: "recv", message });
    this.#learn(message);
    this.#pass(message);
    this.#idleWatch.received(message.channel === "shell");
    if (message.channel === "iopub") events.iopubMessage.fire(message);
    comms.handle(message);
  }

  /** Takes up what an earlier window has received of a request that goes on. */
  recall(message: Message): void {
    this.answers.received(message);
    this.#learnStatus(message);
  }

  /** The kernel's process is gone, with what it had asked. */
  restarts(): void {
    this.answers.clear();
    this.#process.forget();
    this.#activity.forget();
  }

  dispose(): void {
    this.#idleWatch.dispose();
  }

  /** What it says of the kernel's state. */
  #learn(message: Message): void {
    const { link, events } = this.#ports;
    if (this.#process.isAnother(message) && link.isHeard) link.dispatch({ type: "another-process" });
    // What carries our own id the server has made up.
    if (message.channel === "iopub" && message.header.session !== this.#ports.clientId) link.heardOnIOPub();
    const type = message.header.msg_type;
    this.#learnStatus(message);
    // The last word of the process before ends nothing that was asked of the new one.
    if (message.channel === "iopub" && type === "shutdown_reply" && !link.mayHearOldProcess) {
      link.dispatch({ type: "ending", restart: contentOf(message, endingContent).restart });
    }
    if (type === "execute_reply" && asksToExit(message)) link.dispatch({ type: "exiting" });
    if (type === "input_request") events.pendingInput.fire(true);
  }

  #learnStatus(message: Message): void {
    const { channel, header, parent_header: parent } = message;
    // A subshell's is not the kernel's: what its main shell runs goes on.
    if (channel !== "iopub" || header.msg_type !== "status" || parent.subshell_id) return;
    const status = this.#activity.told(contentOf(message, statusContent).execution_state, parent);
    this.#ports.link.dispatch({ type: "told", status, solicited: parent.msg_id !== undefined });
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
