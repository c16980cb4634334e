// Status of a session context for people: the kernel's name, and a word or two for what it does.
import type { Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import type { KernelConnection } from "../kernel/connection";
import type { KernelSpecManager } from "../kernelspec/manager";
import { friendlyStatus, type Pending } from "./friendlyStatus";

/** The words, and when they may be others. */
export class ContextStatus implements Disposable {
  readonly #kernelSpecs: KernelSpecManager;
  readonly #kernel: () => KernelConnection | null;
  readonly #changed: Emitter<string>;
  /** The action under way, for people. */
  #pending: Pending | undefined;
  #pendingKernel = "";

  /** @param kernel the present connection, which may have ended */
  constructor(kernelSpecs: KernelSpecManager, kernel: () => KernelConnection | null, log: Logger) {
    this.#kernelSpecs = kernelSpecs;
    this.#kernel = kernel;
    this.#changed = new Emitter(log);
  }

  get onDidChange() {
    return this.#changed.event;
  }

  /** The kernel's status. */
  get text(): string {
    return friendlyStatus({ pending: this.#pending, kernel: this.#kernel() });
  }

  /** The kernel's name: its spec's, also while it starts; empty where there is none. */
  get kernelName(): string {
    const kernel = this.#kernel();
    const name = this.#pendingKernel || (kernel?.ended ? undefined : kernel?.name);
    return name === undefined ? "" : (this.#kernelSpecs.findByName(name)?.displayName ?? name);
  }

  /** Either may be another now. */
  tell(): void {
    this.#changed.fire(this.text);
  }

  /** Says that this is being done, as long as `work` takes. @param kernel the name of the spec that is started, or empty */
  async showing<T>(pending: Pending, kernel: string, work: () => Promise<T>): Promise<T> {
    this.#pending = pending;
    this.#pendingKernel = kernel;
    this.tell();
    try {
      return await work();
    } finally {
      this.#pending = undefined;
      this.#pendingKernel = "";
      this.tell();
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
