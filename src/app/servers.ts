// Account → running server → its ServiceManager; one per server, shared by everything that uses it.
import * as v from "valibot";
import { abortable, backoff, delay } from "../base/async";
import type { Disposable } from "../base/disposable";
import { ConnectError, hasCode } from "../base/errors";
import { Emitter } from "../base/event";
import type { Account } from "../hub/account";
import type { HubServer } from "../hub/model";
import { ensureRunning, servers as listServers, stop, type RunningServer } from "../hub/userServer";
import { ServiceManager } from "../services/serviceManager";
import { serverSettings } from "../transport/settings";
import type { Hubs } from "./hubs";
import type { Ports } from "./ports";
import { rememberedSpecs, serverId, serverLabel, stateOf, type Server, type ServerState } from "./server";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the hub reports of a start: the fraction done, 0 to 1, and its own words. */
export interface StartProgress {
  readonly fraction: number;
  readonly message: string;
}

interface Start {
  readonly running: Promise<ServiceManager>;
  readonly progress: Emitter<StartProgress>;
  /** Nobody can use what it would start any more. */
  readonly end: AbortController;
  last: StartProgress | undefined;
}

const memoryPrefix = "specs:";

/** The servers of all accounts. */
export class Servers implements Disposable {
  readonly #hubs: Hubs;
  readonly #ports: Ports;
  readonly #servers = new Map<string, Mutable<Server>>();
  readonly #starts = new Map<string, Start>();
  readonly #changed: Emitter<void>;
  readonly #subscription: Disposable;

  constructor(hubs: Hubs, ports: Ports) {
    this.#hubs = hubs;
    this.#ports = ports;
    this.#changed = new Emitter(ports.log);
    this.#followAccounts();
    this.#subscription = hubs.onDidChange(() => this.#followAccounts());
  }

  /** Fired whenever any server has changed, come or gone. */
  get onDidChange() {
    return this.#changed.event;
  }

  get all(): readonly Server[] {
    return [...this.#servers.values()];
  }

  of(account: Account): readonly Server[] {
    return this.all.filter((server) => server.account === account);
  }

  find(id: string): Server | undefined {
    return this.#servers.get(id);
  }

  /** The server of this name, which need not exist on the hub yet. */
  get(account: Account, name: string): Server {
    return this.#server(account, name);
  }

  /** Asks the hub for the account's servers; the user servers themselves are not asked. */
  async refresh(account: Account, signal?: AbortSignal): Promise<void> {
    const models = await listServers(account.client, account.userName, { signal });
    const names = new Set(models.map(({ name }) => name));
    for (const model of models) this.#note(this.#server(account, model.name), model);
    for (const server of this.of(account)) {
      // What the hub does not list is stopped; a named one that was never used here is gone with that.
      if (!names.has(server.name)) {
        this.#become(server, "stopped");
        if (!server.kernelSpecs) this.#servers.delete(server.id);
      }
    }
    this.#changed.fire();
  }

  /** Asks a running server for its kernel specs, kernels and sessions. */
  async refreshServices(server: Server, signal?: AbortSignal): Promise<void> {
    const { services } = server;
    if (!services) return;
    await services.refresh(signal);
    const { specs } = services.kernelSpecs;
    const own = this.#servers.get(server.id);
    if (!specs || !own || JSON.stringify(own.kernelSpecs) === JSON.stringify(specs)) return;
    own.kernelSpecs = specs;
    await this.#ports.memory.set(memoryPrefix + server.id, { server: server.name, ...specs });
    this.#changed.fire();
  }

  /**
   * Returns the server's services, with the server running: asks the hub, and starts it if need be. Whoever asks while
   * it starts shares that start, and may leave without stopping it.
   * @throws ConnectError `start-failed` with the hub's reason, `unreachable`, `signed-out`, `timeout`, `aborted`
   */
  async ensureRunning(
    server: Server,
    options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: StartProgress) => void } = {},
  ): Promise<ServiceManager> {
    const start = this.#starts.get(server.id) ?? this.#start(server);
    if (start.last) options.onProgress?.(start.last);
    const subscription = start.progress.event((progress) => options.onProgress?.(progress));
    try {
      return await abortable(start.running, options.signal);
    } finally {
      subscription.dispose();
    }
  }

  /**
   * The services of a server that runs; it is not started. A hub that cannot be reached is asked again and again.
   * @throws ConnectError `server-stopped`, or why `signal` aborted
   */
  async whileRunning(server: Server, signal: AbortSignal): Promise<ServiceManager> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.refresh(server.account, signal);
        const { services } = this.#server(server.account, server.name);
        if (services) return services;
        throw new ConnectError("server-stopped", stoppedText(server));
      } catch (error) {
        if (!hasCode(error, "unreachable", "timeout", "server-error", "rate-limited", "signed-out", "certificate")) throw error;
        this.#ports.log.info(`${server.label} could not be asked yet`, error);
      }
      await delay(backoff(attempt, 1_000, 30_000), signal);
    }
  }

  /** Stops the server, with all its kernels; resolves when it is stopped. */
  async stop(server: Server, signal?: AbortSignal): Promise<void> {
    const own = this.#server(server.account, server.name);
    this.#become(own, "stopping");
    try {
      await stop(server.account.client, server.account.userName, server.name, { signal });
      this.#become(own, "stopped");
    } finally {
      // Where the stop failed the hub knows best what is.
      if (own.state === "stopping") void this.#refreshQuietly(server.account);
    }
  }

  /** The server has turned out not to be running, though nobody here has stopped it. */
  async noteStopped(server: Server): Promise<void> {
    const own = this.#servers.get(server.id);
    if (!own) return;
    this.#become(own, "stopped");
    await this.#refreshQuietly(server.account);
  }

  /** Asks the hub whether the server still runs; kernels of one that does not are told so. */
  async check(server: Server): Promise<void> {
    await this.#refreshQuietly(server.account);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const { end } of this.#starts.values()) end.abort(new ConnectError("disposed", "The window is being closed."));
    for (const { services } of this.#servers.values()) services?.dispose();
    this.#changed.dispose();
  }

  #start(server: Server): Start {
    const own = this.#server(server.account, server.name);
    const progress = new Emitter<StartProgress>(this.#ports.log);
    const onProgress = (fraction: number, message: string): void => {
      if (own.state === "stopped") this.#become(own, "starting");
      start.last = { fraction, message };
      progress.fire(start.last);
    };
    const { client, userName } = server.account;
    const end = new AbortController();
    const running = ensureRunning(client, userName, server.name, { onProgress, signal: end.signal })
      .then(
        (found) => this.#run(own, found),
        (error: unknown) => {
          if (own.state === "starting") this.#become(own, "stopped");
          throw error;
        },
      )
      .finally(() => {
        this.#starts.delete(server.id);
        progress.dispose();
      });
    running.catch(() => undefined); // whoever waits hears of it; nobody waiting is no crash
    const start: Start = { running, progress, end, last: undefined };
    this.#starts.set(server.id, start);
    return start;
  }

  #run(server: Mutable<Server>, { url }: RunningServer): ServiceManager {
    const services = this.#attach(server, url);
    this.#become(server, "running");
    return services;
  }

  /** The services at `url`; the present ones if that is where they are. */
  #attach(server: Mutable<Server>, url: URL): ServiceManager {
    if (server.services?.settings.baseUrl.href === url.href) return server.services;
    server.services?.dispose();
    const { settings } = server.account.client;
    const label = serverLabel(server.account, server.name);
    const { activity } = this.#ports;
    const services = new ServiceManager(serverSettings({ ...settings, baseUrl: url, wsUrl: url, label }), activity && { activity });
    services.onConnectionFailure((error) => {
      if (hasCode(error, "server-stopped") && server.services === services) void this.noteStopped(server);
    });
    server.services = services;
    return services;
  }

  #note(server: Mutable<Server>, model: HubServer): void {
    server.model = model;
    const state = stateOf(model);
    const address = model.full_url ?? model.url;
    if (state === "running" && address !== null) this.#attach(server, new URL(address, server.account.hub));
    this.#become(server, state);
  }

  #become(server: Mutable<Server>, state: ServerState): void {
    if (state === "stopped" && server.services) this.#detach(server, server.services);
    if (server.state === state) return;
    server.state = state;
    this.#changed.fire();
  }

  /** Kernels end with their server: whatever waits for one is told so. */
  #detach(server: Mutable<Server>, services: ServiceManager): void {
    server.services = undefined;
    for (const kernel of services.kernels.connections) kernel.end(new ConnectError("server-stopped", stoppedText(server)));
    services.dispose();
  }

  #server(account: Account, name: string): Mutable<Server> {
    const id = serverId(account, name);
    const known = this.#servers.get(id);
    if (known) return known;
    const server: Mutable<Server> = {
      id,
      account,
      name,
      label: serverLabel(account, name),
      state: "stopped",
      model: undefined,
      services: undefined,
      kernelSpecs: this.#rememberedSpecs(id),
    };
    this.#servers.set(id, server);
    return server;
  }

  #rememberedSpecs(id: string) {
    const result = v.safeParse(rememberedSpecs, this.#ports.memory.get(memoryPrefix + id));
    return result.success ? { default: result.output.default, specs: result.output.specs } : undefined;
  }

  /** Servers of accounts that are gone go; those of new ones come as they are remembered. */
  #followAccounts(): void {
    const accounts = new Set(this.#hubs.accounts);
    for (const server of [...this.#servers.values()]) {
      if (accounts.has(server.account)) continue;
      this.#servers.delete(server.id);
      server.services?.dispose();
      this.#starts.get(server.id)?.end.abort(new ConnectError("signed-out", `You have signed out of ${server.account.label}.`));
      void this.#ports.memory.set(memoryPrefix + server.id, undefined);
    }
    for (const { account, services } of this.#servers.values()) {
      if (account.state === "signed-in" && hasCode(services?.stopped, "signed-out")) services.resume();
    }
    for (const account of accounts) {
      this.#server(account, "");
      for (const key of this.#ports.memory.keys()) {
        if (!key.startsWith(`${memoryPrefix}${account.id}/`)) continue;
        const result = v.safeParse(rememberedSpecs, this.#ports.memory.get(key));
        if (result.success) this.#server(account, result.output.server);
      }
    }
    this.#changed.fire();
  }

  async #refreshQuietly(account: Account): Promise<void> {
    try {
      await this.refresh(account);
    } catch (error) {
      this.#ports.log.warn(`${account.label}: its servers could not be listed`, error);
    }
  }
}

function stoppedText(server: Server): string {
  return `The server of ${server.label} was stopped, and its kernels with it: their variables are gone. Run the cells again from the top to start it anew.`;
}
