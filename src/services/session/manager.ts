// The sessions of one server, and our connections to them.
import type { Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import type { ServerSettings } from "../../transport/settings";
import type { KernelManager } from "../kernel/manager";
import { Listing } from "../listing";
import { listSessions, shutdownSession, startSession, type SessionStart } from "./client";
import { SessionConnection } from "./connection";
import type { SessionModel } from "./model";

export interface NewSessionOptions {
  /** See `KernelConnectionOptions`. */
  readonly clientId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Holds the sessions as of the last refresh, with the changes made here since; owns and disposes the connections it makes. */
export class SessionManager implements Disposable {
  readonly #settings: ServerSettings;
  readonly #kernels: KernelManager;
  readonly #listing: Listing<readonly SessionModel[]>;
  readonly #connections = new Set<SessionConnection>();
  readonly #kernelGone: Disposable;

  constructor(settings: ServerSettings, kernels: KernelManager) {
    this.#settings = settings;
    this.#kernels = kernels;
    this.#listing = new Listing<readonly SessionModel[]>({
      initial: [],
      ask: (signal) => listSessions(settings, { signal }),
      took: (running) => this.#follow(running),
      log: settings.log,
    });
    // The server forgets a session whose kernel is gone.
    this.#kernelGone = kernels.onDidRemove((id) => this.#listing.update((running) => running.filter(({ kernel }) => kernel?.id !== id)));
  }

  /** Fired when sessions come, go or change. */
  get onDidChangeRunning() {
    return this.#listing.onDidChange;
  }

  /** Fired with the reason when the server could not be asked for its sessions. */
  get onConnectionFailure() {
    return this.#listing.onDidFail;
  }

  get running(): readonly SessionModel[] {
    return this.#listing.value;
  }

  /** Our open connections. */
  get connections(): readonly SessionConnection[] {
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

  /** Asks the server; our connections follow what others changed. @throws ProductError, and then keeps what it had. */
  refresh(signal?: AbortSignal): Promise<readonly SessionModel[]> {
    return this.#listing.refresh(signal);
  }

  /**
   * Starts the session of a path, or joins the one it has.
   * @throws ProductError `no-kernel-spec` for an unknown kernel name
   */
  async startNew(start: SessionStart, options: NewSessionOptions = {}): Promise<SessionConnection> {
    const model = await startSession(this.#settings, start, { signal: options.signal });
    return this.connectTo(model, options.clientId);
  }

  /** A connection to a running session. @param clientId see `KernelConnectionOptions` */
  connectTo(model: SessionModel, clientId?: string): SessionConnection {
    const connection = new SessionConnection(this.#settings, this.#kernels, model, clientId);
    this.#connections.add(connection);
    connection.onDidDispose(() => this.#connections.delete(connection));
    connection.onDidShutDown(() => this.#forget(connection.id, connection.model.kernel?.id));
    connection.onDidChangeModel(({ before, model: changed }) => this.#changed(before, changed));
    this.#listing.update((running) => [...running.filter(({ id }) => id !== model.id), model]);
    return connection;
  }

  findById(id: string): SessionModel | undefined {
    return this.running.find((model) => model.id === id);
  }

  findByPath(path: string): SessionModel | undefined {
    return this.running.find((model) => model.path === path);
  }

  /**
   * Shuts a session and its kernel down for everyone; all our connections to them end.
   * @throws ProductError `not-found` where its kernel was shut down before it (410); both are gone then, too.
   */
  async shutdown(id: string): Promise<void> {
    const kernel = this.findById(id)?.kernel;
    try {
      await shutdownSession(this.#settings, id);
    } catch (error) {
      if (hasCode(error, "not-found")) this.#forget(id, kernel?.id);
      throw error;
    }
    this.#forget(id, kernel?.id);
  }

  /** Shuts the session of a path down, if it has one. */
  async stopIfNeeded(path: string): Promise<void> {
    await this.refresh();
    const session = this.findByPath(path);
    if (session) await this.shutdown(session.id);
  }

  /** Shuts every session of the server down. @throws ProductError the first failure, once all were tried. */
  async shutdownAll(): Promise<void> {
    const running = await this.refresh();
    const results = await Promise.allSettled(running.map(({ id }) => this.shutdown(id)));
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }

  dispose(): void {
    this.#kernelGone.dispose();
    this.#listing.dispose();
    for (const connection of this.connections) connection.dispose();
  }

  #follow(running: readonly SessionModel[]): void {
    for (const connection of this.connections) {
      const model = running.find(({ id }) => id === connection.id);
      if (model) connection.update(model);
      else connection.dispose();
    }
  }

  /** A session was changed here: the list, the session's other connections and the kernels follow. */
  #changed(before: SessionModel, model: SessionModel): void {
    this.#listing.update((running) => running.map((each) => (each.id === model.id ? model : each)));
    for (const connection of this.connections) if (connection.id === model.id) connection.update(model);
    // The server shuts the kernel that a session had down when it gets another.
    if (before.kernel && before.kernel.id !== model.kernel?.id) {
      this.#kernels.forget(before.kernel.id, new ProductError("kernel-dead", "The kernel was shut down: its session has another one now."));
    }
  }

  #forget(id: string, kernelId: string | undefined): void {
    this.#listing.update((running) => running.filter((model) => model.id !== id));
    if (kernelId !== undefined) this.#kernels.forget(kernelId, new ProductError("kernel-dead", "The kernel was shut down."));
    for (const connection of this.connections) if (connection.id === id) connection.dispose();
  }
}
