// The events of one kernel connection, from the side that fires them.
import { DisposableStore } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { Gap } from "./link";
import type { Message } from "./messages";
import type { ConnectionStatus, KernelStatus } from "./state";

/** A message on its way, with its direction as seen from here. */
export interface DirectedMessage {
  readonly direction: "send" | "recv";
  readonly message: Message;
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
    this.disposed = this.add(new Emitter(log));
  }
}
