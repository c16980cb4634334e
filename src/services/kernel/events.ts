// Events of one kernel connection: the side that fires them, and the side that listens.
import { DisposableStore } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { Gap } from "./delivery/gap";
import type { Message } from "./messages";
import type { ConnectionStatus, KernelStatus, Replacement } from "./socket/state";

/** A message on its way, with its direction as seen from here. */
export interface DirectedMessage {
  readonly direction: "send" | "recv";
  readonly message: Message;
}

/** The kernel has lost its variables, without our doing. */
export interface VariablesLost {
  readonly by: Replacement;
  /** No request was open that reports it. */
  readonly isUntold: boolean;
}

/** Ends all subscriptions with itself. */
export class KernelEvents extends DisposableStore {
  readonly statusChanged: Emitter<KernelStatus>;
  readonly connectionStatusChanged: Emitter<ConnectionStatus>;
  readonly iopubMessage: Emitter<Message>;
  readonly unhandledMessage: Emitter<Message>;
  readonly anyMessage: Emitter<DirectedMessage>;
  readonly pendingInput: Emitter<boolean>;
  readonly gap: Emitter<Gap>;
  readonly variablesLost: Emitter<VariablesLost>;
  readonly disposed: Emitter<void>;

  constructor(log: Logger) {
    super();
    this.statusChanged = this.add(new Emitter(log));
    this.connectionStatusChanged = this.add(new Emitter(log));
    this.iopubMessage = this.add(new Emitter(log));
    this.unhandledMessage = this.add(new Emitter(log));
    this.anyMessage = this.add(new Emitter(log));
    this.pendingInput = this.add(new Emitter(log));
    this.gap = this.add(new Emitter(log));
    this.variablesLost = this.add(new Emitter(log));
    this.disposed = this.add(new Emitter(log));
  }
}

/** The events. */
export abstract class KernelEventSource {
  protected readonly events: KernelEvents;

  constructor(log: Logger) {
    this.events = new KernelEvents(log);
  }

  get onDidChangeStatus() {
    return this.events.statusChanged.event;
  }

  get onDidChangeConnectionStatus() {
    return this.events.connectionStatusChanged.event;
  }

  /** Every iopub message, whoever caused it. */
  get onIOPubMessage() {
    return this.events.iopubMessage.event;
  }

  /** Messages that answer this client but belong to no open request; iopub is never among them. */
  get onUnhandledMessage() {
    return this.events.unhandledMessage.event;
  }

  get onAnyMessage() {
    return this.events.anyMessage.event;
  }

  /** True when the kernel asks for input, false when it was answered. */
  get onPendingInput() {
    return this.events.pendingInput.event;
  }

  /** After a reconnect, when messages of the time between may have been lost. */
  get onDidMissMessages() {
    return this.events.gap.event;
  }

  /** The kernel's process is another one: somebody else has restarted it, or it ended and the server started it anew. */
  get onDidLoseVariables() {
    return this.events.variablesLost.event;
  }

  /** Fired once, when the connection has ended: disposed, dead, evicted. */
  get onDidDispose() {
    return this.events.disposed.event;
  }
}
