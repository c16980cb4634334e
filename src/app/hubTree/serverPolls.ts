// Polls of running servers for the view: one for each server whose rows are visible, and the outcome of the last one.
import { DisposableStore, type Disposable } from "../../base/disposable";
import { hasCode, messageOf } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";
import { deleteTerminal, listTerminals } from "../../services/terminal/client";
import type { TerminalModel } from "../../services/terminal/model";
import type { ServiceManager } from "../../services/serviceManager";
import type { RecentErrors } from "../recentErrors";
import type { Server } from "../servers/server";
import type { Servers } from "../servers/servers";

/** The state of polling one server. */
export interface PollState {
  /** The server was asked, and has not answered yet. */
  readonly isAsking: boolean;
  /** Why it could not be asked the last time. */
  readonly problem: string | undefined;
  /** Undefined where nobody has asked for them. */
  readonly terminals: readonly TerminalModel[] | undefined;
}

type Own = { -readonly [K in keyof PollState]: PollState[K] };

interface Watched {
  readonly state: Own;
  readonly resources: DisposableStore;
  /** While it is kept fresh. */
  polling: Disposable | undefined;
  /** When its terminals were asked for, in milliseconds since the epoch. */
  terminalsAt: number;
}

const nothing: PollState = { isAsking: false, problem: undefined, terminals: undefined };

/** Polls the servers whose rows are visible, and listens to events of all others. */
export class ServerPolls implements Disposable {
  readonly #servers: Servers;
  readonly #errors: RecentErrors;
  readonly #log: Logger;
  readonly #watched = new Map<ServiceManager, Watched>();
  readonly #changed: Emitter<void>;

  constructor(servers: Servers, errors: RecentErrors, log: Logger) {
    this.#servers = servers;
    this.#errors = errors;
    this.#log = log;
    this.#changed = new Emitter(log);
  }

  /** Fired when what a server has, or what came of asking it, has changed. */
  get onDidChange() {
    return this.#changed.event;
  }

  of({ services }: Server): PollState {
    return (services && this.#watched.get(services)?.state) ?? nothing;
  }

  /** Polls these servers from now on, and no others. */
  follow(wanted: ReadonlySet<Server>): void {
    const running = new Map(this.#servers.all.flatMap((server) => (server.services ? [[server.services, server] as const] : [])));
    for (const [services, watched] of [...this.#watched]) {
      const server = running.get(services);
      if (!server || !wanted.has(server)) this.#rest(watched);
      if (server) continue;
      watched.resources.dispose();
      this.#watched.delete(services);
    }
    for (const [services, server] of running) {
      const watched = this.#watched.get(services) ?? this.#watch(server, services);
      if (wanted.has(server) && !watched.polling) this.#begin(server, services, watched);
    }
  }

  /** Asks a server for its kernel specs, kernels and sessions now. The outcome is in `of`. */
  async refresh(server: Server): Promise<void> {
    const { services } = server;
    const watched = services && this.#watched.get(services);
    if (!watched) return;
    watched.state.isAsking = true;
    try {
      await this.#servers.refreshServices(server);
      this.#answered(watched);
    } catch (error) {
      this.#failed(server, watched, error);
    }
  }

  /** Asks for a server's terminals, unless that was done within `fresh` milliseconds. */
  async refreshTerminals(server: Server, fresh = 0): Promise<void> {
    const { services } = server;
    const watched = services && this.#watched.get(services);
    if (!watched || Date.now() - watched.terminalsAt < fresh) return;
    watched.terminalsAt = Date.now();
    try {
      this.#tellTerminals(watched, await listTerminals(services.settings));
    } catch (error) {
      // Where a server has them turned off there are none.
      if (hasCode(error, "not-found")) this.#tellTerminals(watched, []);
      else this.#failed(server, watched, error);
    }
  }

  /** Ends a terminal with what runs in it. @throws ProductError */
  async endTerminal({ services, label }: Server, name: string): Promise<void> {
    const watched = services && this.#watched.get(services);
    if (!watched) return;
    await deleteTerminal(services.settings, name);
    this.#log.info(`Terminal ${name} of ${label} was ended`);
    this.#tellTerminals(
      watched,
      (watched.state.terminals ?? []).filter((terminal) => terminal.name !== name),
    );
  }

  dispose(): void {
    for (const watched of this.#watched.values()) {
      this.#rest(watched);
      watched.resources.dispose();
    }
    this.#watched.clear();
    this.#changed.dispose();
  }

  /** Listens to events; that sends no request. */
  #watch(server: Server, services: ServiceManager): Watched {
    const watched: Watched = { state: { ...nothing }, resources: new DisposableStore(), polling: undefined, terminalsAt: 0 };
    const changed = (): void => this.#changed.fire();
    for (const event of [
      services.kernels.onDidChangeRunning,
      services.sessions.onDidChangeRunning,
      services.kernelSpecs.onDidChange,
    ] as const) {
      watched.resources.add(event(changed));
    }
    watched.resources.add(services.onDidAnswer(() => this.#answered(watched)));
    watched.resources.add(services.onConnectionFailure((error) => this.#failed(server, watched, error)));
    this.#watched.set(services, watched);
    return watched;
  }

  #begin(server: Server, services: ServiceManager, watched: Watched): void {
    const end = new DisposableStore();
    watched.polling = end;
    const { kernels, sessions, kernelSpecs } = services;
    const isKnown = kernels.isReady && sessions.isReady && kernelSpecs.isReady;
    // The poller asks at once as well: it begins when the first answer is here.
    if (isKnown) end.add(services.look());
    else void this.refresh(server).then(() => end.add(services.look()));
  }

  #rest(watched: Watched): void {
    watched.polling?.dispose();
    watched.polling = undefined;
  }

  #answered({ state }: Watched): void {
    if (!state.isAsking && state.problem === undefined) return;
    state.isAsking = false;
    state.problem = undefined;
    this.#changed.fire();
  }

  #failed(server: Server, { state }: Watched, error: unknown): void {
    this.#log.warn(`${server.label} could not be asked for the view`, error);
    this.#errors.note(server.id, error);
    state.isAsking = false;
    state.problem = messageOf(error);
    this.#changed.fire();
  }

  #tellTerminals({ state }: Watched, terminals: readonly TerminalModel[]): void {
    state.terminals = terminals;
    this.#changed.fire();
  }
}
