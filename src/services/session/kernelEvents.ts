// Events of a kernel connection that is replaced over time: subscribe once, and hear whatever kernel is the present one.
import { DisposableStore, type Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { KernelConnection } from "../kernel/connection";
import type { Message } from "../kernel/messages";
import type { ConnectionStatus, KernelStatus } from "../kernel/socket/state";

/** Fires what the followed connection fires. */
export class ForwardedKernelEvents implements Disposable {
  readonly #emitters = new DisposableStore();
  readonly #status: Emitter<KernelStatus>;
  readonly #connectionStatus: Emitter<ConnectionStatus>;
  readonly #iopub: Emitter<Message>;
  readonly #unhandled: Emitter<Message>;
  readonly #any: Emitter<{ readonly direction: "send" | "recv"; readonly message: Message }>;
  readonly #pendingInput: Emitter<boolean>;
  #subscriptions = new DisposableStore();

  constructor(log: Logger) {
    this.#status = this.#emitters.add(new Emitter(log));
    this.#connectionStatus = this.#emitters.add(new Emitter(log));
    this.#iopub = this.#emitters.add(new Emitter(log));
    this.#unhandled = this.#emitters.add(new Emitter(log));
    this.#any = this.#emitters.add(new Emitter(log));
    this.#pendingInput = this.#emitters.add(new Emitter(log));
  }

  get onDidChangeStatus() {
    return this.#status.event;
  }

  get onDidChangeConnectionStatus() {
    return this.#connectionStatus.event;
  }

  get onIOPubMessage() {
    return this.#iopub.event;
  }

  get onUnhandledMessage() {
    return this.#unhandled.event;
  }

  get onAnyMessage() {
    return this.#any.event;
  }

  get onPendingInput() {
    return this.#pendingInput.event;
  }

  /** From now on this kernel's events are fired, and no other's. */
  follow(kernel: KernelConnection | null): void {
    this.#subscriptions.dispose();
    this.#subscriptions = new DisposableStore();
    if (!kernel) return;
    const on = this.#subscriptions;
    on.add(kernel.onDidChangeStatus((status) => this.#status.fire(status)));
    on.add(kernel.onDidChangeConnectionStatus((status) => this.#connectionStatus.fire(status)));
    on.add(kernel.onIOPubMessage((message) => this.#iopub.fire(message)));
    on.add(kernel.onUnhandledMessage((message) => this.#unhandled.fire(message)));
    on.add(kernel.onAnyMessage((event) => this.#any.fire(event)));
    on.add(kernel.onPendingInput((pending) => this.#pendingInput.fire(pending)));
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#emitters.dispose();
  }
}
