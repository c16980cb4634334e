// The sessions of one server, and our connections to them.
import type { Disposable } from "../../base/disposable";
import { ConnectError } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import type { KernelManager } from "../kernel/manager";
import { listSessions, shutdownSession, startSession, type SessionStart } from "./client";
import { SessionConnection } from "./connection";
import type { SessionModel } from "./model";

/** Knows the sessions as of the last refresh; owns and disposes the connections it makes. */
export class SessionManager implements Disposable {
  readonly #settings: ServerSettings;
  readonly #kernels: KernelManager;
  readonly #changed: Emitter<readonly SessionModel[]>;
  readonly #connections = new Set<SessionConnection>();
  #running: readonly SessionModel[] = [];
  #generation = 0;

  constructor(settings: ServerSettings, kernels: KernelManager) {
    this.#settings = settings;
    this.#kernels = kernels;
    this.#changed = new Emitter(settings.log);
  }

  get onDidChangeRunning() {
    return this.#changed.event;
  }

  get running(): readonly SessionModel[] {
    return this.#running;
  }

  /** Asks the server; our connections follow what others changed. */
  async refresh(signal?: AbortSignal): Promise<readonly SessionModel[]> {
    const generation = this.#generation;
    const running = await listSessions(this.#settings, { signal });
    // What we did meanwhile is newer than this answer.
    if (generation !== this.#generation) return this.#running;
    this.#publish(running);
    for (const connection of [...this.#connections]) {
      const model = running.find(({ id }) => id === connection.id);
      if (model) connection.update(model);
      else connection.dispose();
    }
    return running;
  }

  /**
   * Starts the session of a path, or joins the one it has.
   * @param clientId see `KernelConnectionOptions`
   * @throws ConnectError `no-kernel-spec` for an unknown kernel name
   */
  async startNew(start: SessionStart, options: { readonly clientId?: string; readonly signal?: AbortSignal | undefined } = {}): Promise<SessionConnection> {
    const model = await startSession(this.#settings, start, { signal: options.signal });
    return this.connectTo(model, options.clientId);
  }

  /** A connection to a running session. */
  connectTo(model: SessionModel, clientId?: string): SessionConnection {
    this.#generation++;
    const connection = new SessionConnection(this.#settings, this.#kernels, model, clientId);
    this.#connections.add(connection);
    connection.onDidDispose(() => this.#connections.delete(connection));
    const others = this.#running.filter(({ id }) => id !== model.id);
    this.#publish([...others, model]);
    return connection;
  }

  findById(id: string): SessionModel | undefined {
    return this.#running.find((model) => model.id === id);
  }

  findByPath(path: string): SessionModel | undefined {
    return this.#running.find((model) => model.path === path);
  }

  /** Shuts a session and its kernel down for everyone. */
  async shutdown(id: string): Promise<void> {
    const kernel = this.findById(id)?.kernel;
    await shutdownSession(this.#settings, id);
    this.#generation++;
    if (kernel) this.#kernels.forget(kernel.id, new ConnectError("kernel-dead", "The kernel was shut down."));
    for (const connection of [...this.#connections]) if (connection.id === id) connection.dispose();
    this.#publish(this.#running.filter((model) => model.id !== id));
  }

  /** Shuts the session of a path down, if it has one. */
  async stopIfNeeded(path: string): Promise<void> {
    await this.refresh();
    const session = this.findByPath(path);
    if (session) await this.shutdown(session.id);
  }

  dispose(): void {
    for (const connection of [...this.#connections]) connection.dispose();
    this.#changed.dispose();
  }

  #publish(running: readonly SessionModel[]): void {
    const changed = JSON.stringify(running) !== JSON.stringify(this.#running);
    this.#running = running;
    if (changed) this.#changed.fire(running);
  }
}
