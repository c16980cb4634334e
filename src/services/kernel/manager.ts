// The running kernels of one server, and our connections to them.
import type { Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import { Listing } from "../listing";
import { listKernels, shutdownKernel, startKernel } from "./client";
import { KernelConnection } from "./connection";
import type { KernelModel } from "./model";

/** Holds the running kernels as of the last refresh, with the changes made here since; owns and disposes the connections it makes. */
export class KernelManager implements Disposable {
  readonly #settings: ServerSettings;
  readonly #listing: Listing<readonly KernelModel[]>;
  readonly #gone: Emitter<string>;
  readonly #connections = new Set<KernelConnection>();

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#gone = new Emitter(settings.log);
    this.#listing = new Listing<readonly KernelModel[]>({
      initial: [],
      ask: (signal) => listKernels(settings, { signal }),
      complete: (running) => this.#withHeard(running),
      took: (running, before) => this.#follow(running, before),
      log: settings.log,
    });
  }

  /** Fired when kernels come, go or change. */
  get onDidChangeRunning() {
    return this.#listing.onDidChange;
  }

  /** Fired with the id of a kernel that is known to be gone from the server. */
  get onDidRemove() {
    return this.#gone.event;
  }

  /** Fired with the reason when the server could not be asked for its kernels. */
  get onConnectionFailure() {
    return this.#listing.onDidFail;
  }

  get running(): readonly KernelModel[] {
    return this.#listing.value;
  }

  /** Our open connections. */
  get connections(): readonly KernelConnection[] {
    return [...this.#connections];
  }

  /** Whether the list has been learned. */
  get isReady(): boolean {
    return this.#listing.isReady;
  }

  /** Resolves when the list is known; the server is asked only where nobody has yet. @throws ProductError why it could not be. */
  async ready(signal?: AbortSignal): Promise<void> {
    await this.#listing.ready(signal);
  }

  /** Asks the server; connections whose kernel has vanished are ended. @throws ProductError, and then keeps what it had. */
  refresh(signal?: AbortSignal): Promise<readonly KernelModel[]> {
    return this.#listing.refresh(signal);
  }

  /** Starts a kernel without a session and connects to it. @throws ProductError `no-kernel-spec` for an unknown name. */
  async startNew(name: string, signal?: AbortSignal): Promise<KernelConnection> {
    const model = await startKernel(this.#settings, name, { signal });
    return this.connectTo(model);
  }

  /** A new connection to a running kernel. @param clientId see `KernelConnectionOptions` */
  connectTo(model: KernelModel, clientId?: string): KernelConnection {
    const connection = new KernelConnection({ settings: this.#settings, model, ...(clientId && { clientId }) });
    this.#connections.add(connection);
    connection.onDidDispose(() => this.#ended(connection));
    connection.onDidChangeStatus((status) => this.#noteStatus(model.id, status));
    this.#listing.update((running) => (running.some(({ id }) => id === model.id) ? running : [...running, model]));
    return connection;
  }

  findById(id: string): KernelModel | undefined {
    return this.running.find((model) => model.id === id);
  }

  /** Shuts a kernel down for everyone; all our connections to it end. One that is gone already is fine. */
  async shutdown(id: string): Promise<void> {
    await shutdownKernel(this.#settings, id);
    this.forget(id, new ProductError("kernel-dead", "The kernel was shut down."));
  }

  /** Shuts every kernel of the server down. @throws ProductError the first failure, once all were tried. */
  async shutdownAll(): Promise<void> {
    const running = await this.refresh();
    const results = await Promise.allSettled(running.map(({ id }) => this.shutdown(id)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  /** The kernel is known to be gone: takes it off the list and ends our connections to it. */
  forget(id: string, reason: ProductError): void {
    this.#listing.update((running) => running.filter((model) => model.id !== id));
    this.#end(id, reason);
    this.#gone.fire(id);
  }

  dispose(): void {
    this.#listing.dispose();
    for (const connection of this.connections) connection.dispose();
    this.#gone.dispose();
  }

  /** A status that a connection has received is newer than the server's list. */
  #withHeard(running: readonly KernelModel[]): readonly KernelModel[] {
    return running.map((model) => ({ ...model, execution_state: this.#heard(model.id) ?? model.execution_state }));
  }

  /** The server's list has come: kernels that are not in it are gone. */
  #follow(running: readonly KernelModel[], before: readonly KernelModel[]): void {
    const ids = new Set(running.map(({ id }) => id));
    const gone = new ProductError("kernel-dead", "The kernel is gone: it was shut down on the server.");
    for (const { id } of this.connections) if (!ids.has(id)) this.#end(id, gone);
    for (const { id } of before) if (!ids.has(id)) this.#gone.fire(id);
  }

  #heard(id: string): string | undefined {
    const connection = this.connections.find((one) => one.id === id && one.connectionStatus === "connected");
    return connection && connection.status !== "unknown" ? connection.status : undefined;
  }

  #noteStatus(id: string, status: string): void {
    if (status === "unknown") return;
    this.#listing.annotate((running) => running.map((model) => (model.id === id ? { ...model, execution_state: status } : model)));
  }

  /** A kernel that is dead for one connection is dead for all; the server is asked whether it is gone too. */
  #ended(connection: KernelConnection): void {
    this.#connections.delete(connection);
    const { ended, id } = connection;
    if (!hasCode(ended, "kernel-dead") || !this.findById(id)) return;
    this.#end(id, ended);
    this.refresh().then(
      () => undefined,
      (error: unknown) => this.#settings.log.debug(`${this.#settings.label}: could not be asked what became of kernel ${id}`, error),
    );
  }

  #end(id: string, reason: ProductError): void {
    for (const connection of this.connections) if (connection.id === id) connection.end(reason);
  }
}
