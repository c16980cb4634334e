// The running kernels of one server, and our connections to them.
import type { Disposable } from "../../base/disposable";
import { ConnectError } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import { listKernels, shutdownKernel, startKernel } from "./client";
import { KernelConnection } from "./connection";
import type { KernelModel } from "./model";

/** Knows the running kernels as of the last refresh; owns and disposes the connections it makes. */
export class KernelManager implements Disposable {
  readonly #settings: ServerSettings;
  readonly #changed: Emitter<readonly KernelModel[]>;
  readonly #connections = new Set<KernelConnection>();
  #running: readonly KernelModel[] = [];
  /** Counts what we did to kernels; an answer that was asked for before the last of them is out of date. */
  #generation = 0;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#changed = new Emitter(settings.log);
  }

  get onDidChangeRunning() {
    return this.#changed.event;
  }

  get running(): readonly KernelModel[] {
    return this.#running;
  }

  /** Our open connections. */
  get connections(): readonly KernelConnection[] {
    return [...this.#connections];
  }

  /** Asks the server; connections whose kernel has vanished are ended. */
  async refresh(signal?: AbortSignal): Promise<readonly KernelModel[]> {
    const generation = this.#generation;
    const running = await listKernels(this.#settings, { signal });
    if (generation === this.#generation) this.#set(running);
    return this.#running;
  }

  /** Starts a kernel without a session and connects to it. */
  async startNew(name: string, signal?: AbortSignal): Promise<KernelConnection> {
    const model = await startKernel(this.#settings, name, { signal });
    return this.connectTo(model);
  }

  /** A new connection to a running kernel. @param clientId see `KernelConnectionOptions` */
  connectTo(model: KernelModel, clientId?: string): KernelConnection {
    this.#generation++;
    const connection = new KernelConnection({ settings: this.#settings, model, ...(clientId && { clientId }) });
    this.#connections.add(connection);
    connection.onDidDispose(() => this.#connections.delete(connection));
    connection.onDidChangeStatus((status) => this.#noteStatus(model.id, status));
    if (!this.findById(model.id)) this.#publish([...this.#running, model]);
    return connection;
  }

  findById(id: string): KernelModel | undefined {
    return this.#running.find((model) => model.id === id);
  }

  /** Shuts a kernel down for everyone; all our connections to it end. */
  async shutdown(id: string): Promise<void> {
    await shutdownKernel(this.#settings, id);
    this.forget(id, new ConnectError("kernel-dead", "The kernel was shut down."));
  }

  async shutdownAll(): Promise<void> {
    const running = await this.refresh();
    await Promise.all(running.map(({ id }) => this.shutdown(id)));
  }

  /** The kernel is known to be gone: ends our connections to it and takes it off the list. */
  forget(id: string, reason: ConnectError): void {
    this.#generation++;
    this.#end(id, reason);
    this.#publish(this.#running.filter((model) => model.id !== id));
  }

  dispose(): void {
    for (const connection of [...this.#connections]) connection.dispose();
    this.#changed.dispose();
  }

  #set(running: readonly KernelModel[]): void {
    const ids = new Set(running.map(({ id }) => id));
    const gone = new ConnectError("kernel-dead", "The kernel is gone: it was shut down on the server.");
    for (const { id } of this.#connections) if (!ids.has(id)) this.#end(id, gone);
    // What an open connection hears from the kernel is newer than the server's list.
    this.#publish(running.map((model) => ({ ...model, execution_state: this.#heard(model.id) ?? model.execution_state })));
  }

  #heard(id: string): string | undefined {
    const connection = this.connections.find((one) => one.id === id && one.connectionStatus === "connected");
    return connection && connection.status !== "unknown" ? connection.status : undefined;
  }

  #noteStatus(id: string, status: string): void {
    if (status === "unknown" || !this.findById(id)) return;
    this.#publish(this.#running.map((model) => (model.id === id ? { ...model, execution_state: status } : model)));
  }

  #end(id: string, reason: ConnectError): void {
    for (const connection of this.connections) if (connection.id === id) connection.end(reason);
  }

  #publish(running: readonly KernelModel[]): void {
    const changed = JSON.stringify(running) !== JSON.stringify(this.#running);
    this.#running = running;
    if (changed) this.#changed.fire(running);
  }
}
