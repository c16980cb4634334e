// SessionConnection: one client on a session's kernel, which can change.
import type { Disposable } from "../../base/disposable";
import { ConnectError } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import type { KernelConnection } from "../kernel/connection";
import type { KernelManager } from "../kernel/manager";
import { changeSession, shutdownSession, type SessionChange } from "./client";
import type { SessionModel } from "./model";

/** A session and our connection to its kernel, null where it has none. Disposing leaves both on the server. */
export class SessionConnection implements Disposable {
  readonly #settings: ServerSettings;
  readonly #kernels: KernelManager;
  readonly #clientId: string | undefined;
  readonly #kernelChanged: Emitter<KernelConnection | null>;
  readonly #propertyChanged: Emitter<"path" | "name" | "type">;
  readonly #disposed: Emitter<void>;
  #model: SessionModel;
  #kernel: KernelConnection | null = null;
  #isDisposed = false;

  /** @param clientId see `KernelConnectionOptions` */
  constructor(settings: ServerSettings, kernels: KernelManager, model: SessionModel, clientId?: string) {
    this.#settings = settings;
    this.#kernels = kernels;
    this.#model = model;
    this.#clientId = clientId;
    this.#kernelChanged = new Emitter(settings.log);
    this.#propertyChanged = new Emitter(settings.log);
    this.#disposed = new Emitter(settings.log);
    this.#kernel = this.#connect(model);
  }

  get id(): string {
    return this.#model.id;
  }

  get model(): SessionModel {
    return this.#model;
  }

  get kernel(): KernelConnection | null {
    return this.#kernel;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get onDidChangeKernel() {
    return this.#kernelChanged.event;
  }

  get onDidChangeProperty() {
    return this.#propertyChanged.event;
  }

  get onDidDispose() {
    return this.#disposed.event;
  }

  async setPath(path: string): Promise<void> {
    await this.#change({ path });
  }

  async setName(name: string): Promise<void> {
    await this.#change({ name });
  }

  async setType(type: string): Promise<void> {
    await this.#change({ type });
  }

  /** Another kernel: a new one by name (the server shuts the old one down), or a running one by id. */
  async changeKernel(kernel: { readonly name: string } | { readonly id: string }): Promise<KernelConnection | null> {
    await this.#change({ kernel });
    return this.#kernel;
  }

  /** Shuts the session and its kernel down for everyone, and disposes this. */
  async shutdown(): Promise<void> {
    this.#throwIfDisposed();
    await shutdownSession(this.#settings, this.id);
    if (this.#kernel) this.#kernels.forget(this.#kernel.id, new ConnectError("kernel-dead", "The kernel was shut down."));
    this.dispose();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#kernel?.dispose();
    this.#disposed.fire();
    for (const emitter of [this.#kernelChanged, this.#propertyChanged, this.#disposed]) emitter.dispose();
  }

  async #change(change: SessionChange): Promise<void> {
    this.#throwIfDisposed();
    this.update(await changeSession(this.#settings, this.id, change));
  }

  /** The server's newer model of this session: fires what changed, and connects to another kernel. */
  update(model: SessionModel): void {
    if (this.#isDisposed) return;
    const before = this.#model;
    this.#model = model;
    if (before.kernel?.id !== model.kernel?.id) {
      this.#kernel?.dispose();
      this.#kernel = this.#connect(model);
      this.#kernelChanged.fire(this.#kernel);
    }
    for (const property of ["path", "name", "type"] as const) {
      if (before[property] !== model[property]) this.#propertyChanged.fire(property);
    }
  }

  #connect(model: SessionModel): KernelConnection | null {
    return model.kernel ? this.#kernels.connectTo(model.kernel, this.#clientId) : null;
  }

  #throwIfDisposed(): void {
    if (this.#isDisposed) throw new ConnectError("disposed", "This session's connection was closed.");
  }
}
