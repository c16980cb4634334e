// SessionConnection: one client on a session's kernel, which can change.
import { DisposableStore, type Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import type { KernelConnection } from "../kernel/connection";
import type { KernelManager } from "../kernel/manager";
import { changeSession, shutdownSession, type SessionChange } from "./client";
import { ForwardedKernelEvents } from "./kernelEvents";
import type { SessionModel } from "./model";

/** A session and our connection to its kernel, null where it has none. Disposing leaves both on the server. */
export class SessionConnection implements Disposable {
  readonly #settings: ServerSettings;
  readonly #kernels: KernelManager;
  readonly #clientId: string | undefined;
  readonly #events = new DisposableStore();
  readonly #kernelChanged: Emitter<KernelConnection | null>;
  readonly #propertyChanged: Emitter<"path" | "name" | "type">;
  readonly #modelChanged: Emitter<{ readonly before: SessionModel; readonly model: SessionModel }>;
  readonly #shutDown: Emitter<void>;
  readonly #disposed: Emitter<void>;
  readonly #ofKernel: ForwardedKernelEvents;
  #model: SessionModel;
  #kernel: KernelConnection | null = null;
  #isDisposed = false;

  /** @param clientId see `KernelConnectionOptions` */
  constructor(settings: ServerSettings, kernels: KernelManager, model: SessionModel, clientId?: string) {
    this.#settings = settings;
    this.#kernels = kernels;
    this.#model = model;
    this.#clientId = clientId;
    this.#kernelChanged = this.#events.add(new Emitter(settings.log));
    this.#propertyChanged = this.#events.add(new Emitter(settings.log));
    this.#modelChanged = this.#events.add(new Emitter(settings.log));
    this.#ofKernel = this.#events.add(new ForwardedKernelEvents(settings.log));
    this.#shutDown = this.#events.add(new Emitter(settings.log));
    this.#disposed = this.#events.add(new Emitter(settings.log));
    this.#connect();
  }

  get id(): string {
    return this.#model.id;
  }

  get path(): string {
    return this.#model.path;
  }

  get name(): string {
    return this.#model.name;
  }

  get type(): string {
    return this.#model.type;
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

  /** Fired with the new kernel's connection, or null. */
  get onDidChangeKernel() {
    return this.#kernelChanged.event;
  }

  get onDidChangeProperty() {
    return this.#propertyChanged.event;
  }

  /** Fired when this connection has changed the session on the server; for what others changed, see the other events. */
  get onDidChangeModel() {
    return this.#modelChanged.event;
  }

  /** Fired when this connection has shut the session down on the server. */
  get onDidShutDown() {
    return this.#shutDown.event;
  }

  /** The events of whatever kernel the session has. */
  get ofKernel(): Omit<ForwardedKernelEvents, "follow" | "dispose"> {
    return this.#ofKernel;
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

  /**
   * Another kernel: a new one by name, or a running one by id; the server shuts the old one down.
   * @throws ProductError `no-kernel-spec`, `disposed`
   */
  async changeKernel(kernel: { readonly name: string } | { readonly id: string }, signal?: AbortSignal): Promise<KernelConnection | null> {
    await this.#change({ kernel }, signal);
    return this.#kernel;
  }

  /**
   * Shuts the session and its kernel down for everyone, and disposes this.
   * @throws ProductError `disposed`; `not-found` where its kernel was shut down before it (410): both are gone then, too.
   */
  async shutdown(): Promise<void> {
    this.#throwIfDisposed();
    try {
      await shutdownSession(this.#settings, this.id);
    } catch (error) {
      if (hasCode(error, "not-found")) this.#gone();
      throw error;
    }
    this.#gone();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#kernel?.dispose();
    this.#disposed.fire();
    this.#events.dispose();
  }

  /** The server's newer model of this session: connects to another kernel, and fires what changed. */
  update(model: SessionModel): void {
    if (this.#isDisposed) return;
    const before = this.#model;
    this.#model = model;
    if (before.kernel?.id !== model.kernel?.id) {
      this.#kernel?.dispose();
      this.#connect();
      this.#kernelChanged.fire(this.#kernel);
    }
    for (const property of ["path", "name", "type"] as const) {
      if (before[property] !== model[property]) this.#propertyChanged.fire(property);
    }
  }

  async #change(change: SessionChange, signal?: AbortSignal): Promise<void> {
    this.#throwIfDisposed();
    const before = this.#model;
    const model = await changeSession(this.#settings, this.id, change, { signal });
    // The server has done it, even where this was disposed meanwhile; nothing listens then.
    this.#modelChanged.fire({ before, model });
    this.update(model);
    this.#throwIfDisposed();
  }

  #connect(): void {
    const { kernel } = this.#model;
    this.#kernel = kernel ? this.#kernels.connectTo(kernel, this.#clientId) : null;
    this.#ofKernel.follow(this.#kernel);
  }

  #gone(): void {
    this.#shutDown.fire();
    this.dispose();
  }

  #throwIfDisposed(): void {
    if (this.#isDisposed) throw new ProductError("disposed", "This session's connection was closed.");
  }
}
