// Account → running server → its ServiceManager; one per server, shared by everything that uses it.
import { backoff, delay } from "../base/async";
import type { Disposable } from "../base/disposable";
import { ConnectError, hasCode } from "../base/errors";
import { Emitter } from "../base/event";
import type { Account } from "../hub/account";
import type { StartOptions } from "../hub/client";
import type { HubServer, SharedServer } from "../hub/model";
import { ensureRunning, ensureStartedElsewhere, remove, servers as listServers, sharedRunning, stop, type RunningServer } from "../hub/userServer";
import { ServiceManager } from "../services/serviceManager";
import { serverSettings } from "../transport/settings";
import type { Hubs } from "./hubs";
import type { Ports } from "./ports";
import { isShared, serverId, serverLabel, stateOf, type Server, type ServerState } from "./server";
import { ServerMemory } from "./serverMemory";
import { ServerStart, type StartProgress, type WaitOptions } from "./serverStart";

export type { StartProgress } from "./serverStart";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How to start a server, and how to wait for it. */
export interface EnsureRunningOptions extends WaitOptions {
  /** What it is started with, should it have to start; by default as the last time. */
  readonly start?: StartOptions | undefined;
  /** Somebody starts it elsewhere (on the hub's page): wait for that, do not start it. */
  readonly elsewhere?: boolean;
}

/** The servers of all accounts. */
export class Servers implements Disposable {
  readonly #hubs: Hubs;
  readonly #ports: Ports;
  readonly #memory: ServerMemory;
  readonly #servers = new Map<string, Mutable<Server>>();
  readonly #starts = new Map<string, ServerStart<ServiceManager>>();
  readonly #changed: Emitter<void>;
  readonly #subscription: Disposable;

  constructor(hubs: Hubs, ports: Ports) {
    this.#hubs = hubs;
    this.#ports = ports;
    this.#memory = new ServerMemory(ports.memory);
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

  /** The server of this name, which need not exist on the hub yet; one of `owner`'s where that is somebody else. */
  get(account: Account, name: string, owner = account.userName): Server {
    return this.#server(account, name, owner);
  }

  /**
   * Asks the hub for the account's servers, and for those that others share with it; the servers themselves are not
   * asked. @throws ConnectError
   */
  async refresh(account: Account, signal?: AbortSignal): Promise<void> {
    const [models, shared] = await Promise.all([
      listServers(account.client, account.userName, { signal }),
      this.#shared(account, signal),
    ]);
    const listed = new Set<Server>();
    for (const model of models) listed.add(this.#note(this.#server(account, model.name, account.userName), model));
    for (const share of shared) listed.add(this.#noteShared(account, share));
    for (const server of this.of(account)) {
      if (listed.has(server)) continue;
      // What the hub does not list is stopped; one that was never used here is gone with that.
      this.#become(server, "stopped");
      if (server.name === "" && !isShared(server)) continue;
      if (!server.kernelSpecs) this.#servers.delete(server.id);
    }
    this.#changed.fire();
  }

  /** Asks a running server for its kernel specs, kernels and sessions. */
  async refreshServices(server: Server, signal?: AbortSignal): Promise<void> {
    const { services } = server;
    if (!services) return;
    if (isShared(server)) await server.account.shares.use(server.owner, server.name);
    await services.refresh(signal);
    const { specs } = services.kernelSpecs;
    const own = this.#servers.get(server.id);
    if (!specs || !own || JSON.stringify(own.kernelSpecs) === JSON.stringify(specs)) return;
    own.kernelSpecs = specs;
    await this.#memory.keepSpecs(server, specs);
    this.#changed.fire();
  }

  /**
   * Returns the server's services, with the server running: asks the hub, and starts it if need be. Whoever asks while
   * it starts shares that start, and may leave without stopping it.
   * @throws ConnectError `start-failed` with the hub's reason, `unreachable`, `signed-out`, `timeout`, `aborted`;
   * `server-stopped` where it is somebody else's and not running
   */
  ensureRunning(server: Server, options: EnsureRunningOptions = {}): Promise<ServiceManager> {
    const start = this.#starts.get(server.id) ?? this.#start(server, options);
    return start.wait(options);
  }

  /**
   * The services of a server that runs; it is not started. A hub that cannot be reached is asked again and again.
   * @throws ConnectError `server-stopped`, or why `signal` aborted
   */
  async whileRunning(server: Server, signal: AbortSignal): Promise<ServiceManager> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.refresh(server.account, signal);
        const { services } = this.#server(server.account, server.name, server.owner);
        if (services) return services;
        throw new ConnectError("server-stopped", stoppedText(server));
      } catch (error) {
        if (!hasCode(error, "unreachable", "timeout", "server-error", "rate-limited", "signed-out", "certificate")) throw error;
        this.#ports.log.info(`${server.label} could not be asked yet`, error);
      }
      await delay(backoff(attempt, 1_000, 30_000), signal);
    }
  }

  /**
   * Creates a named server, started with these options.
   * @throws ConnectError `conflict` where there is one of that name, and as `ensureRunning`
   */
  async create(account: Account, name: string, options: EnsureRunningOptions = {}): Promise<Server> {
    await this.refresh(account, options.signal);
    const known = this.of(account).find((server) => server.name === name && !isShared(server));
    if (known?.model) throw new ConnectError("conflict", `There is a server “${name}” of ${account.label} already. Start it, or choose another name.`);
    const server = this.#server(account, name, account.userName);
    try {
      await this.ensureRunning(server, options);
    } finally {
      // A name that the hub refused is no server; one whose spawn failed is.
      if (server.state !== "running") await this.#refreshQuietly(account);
    }
    return server;
  }

  /** Stops the server, with all its kernels; resolves when it is stopped. A start that is under way ends with that. */
  async stop(server: Server, signal?: AbortSignal): Promise<void> {
    await this.#end(this.#own(server), "stopped", () => stop(server.account.client, server.owner, server.name, { signal }));
  }

  /** Stops the server, with all its kernels, and starts it again; by default with the same options. */
  async restart(server: Server, options: EnsureRunningOptions = {}): Promise<ServiceManager> {
    const { signal } = options;
    await this.#end(this.#own(server), "starting", () => stop(server.account.client, server.owner, server.name, { signal }));
    return this.ensureRunning(server, options);
  }

  /** Stops a named server and has the hub forget it; resolves when it is gone. */
  async delete(server: Server, signal?: AbortSignal): Promise<void> {
    if (server.name === "") throw new ConnectError("forbidden", `The default server of ${server.label} can be stopped, not deleted.`);
    await this.#end(this.#own(server), "stopped", () => remove(server.account.client, server.owner, server.name, { signal }));
    this.#servers.delete(server.id);
    await this.#memory.forget(server);
    this.#changed.fire();
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
    for (const start of this.#starts.values()) start.end(new ConnectError("disposed", "The window is being closed."));
    for (const { services } of this.#servers.values()) services?.dispose();
    this.#changed.dispose();
  }

  #start(server: Server, options: EnsureRunningOptions): ServerStart<ServiceManager> {
    const own = this.#server(server.account, server.name, server.owner);
    const start = new ServerStart<ServiceManager>(async (signal, tell) => {
      try {
        const found = await this.#bringUp(own, options, signal, (progress) => {
          if (own.state === "stopped") this.#become(own, "starting");
          tell(progress);
        });
        return this.#run(own, found);
      } catch (error) {
        // It may be starting still (the wait ended by its bound): the hub knows.
        if (own.state === "starting") this.#become(own, "stopped");
        if (hasCode(error, "start-failed", "timeout")) void this.#refreshQuietly(own.account);
        throw error;
      } finally {
        if (this.#starts.get(server.id) === start) this.#starts.delete(server.id);
      }
    }, this.#ports.log);
    this.#starts.set(server.id, start);
    return start;
  }

  async #bringUp(
    server: Mutable<Server>,
    { start, elsewhere }: EnsureRunningOptions,
    signal: AbortSignal,
    tell: (progress: StartProgress) => void,
  ): Promise<RunningServer> {
    const { account, owner, name } = server;
    if (isShared(server)) await account.shares.use(owner, name);
    if (isShared(server)) return sharedRunning(account.client, account.userName, owner, name, { signal });
    if (start?.userOptions) {
      // The hub remembers them too, but tells them only of servers that it lists.
      server.lastOptions = start.userOptions;
      await this.#memory.keepOptions(server, start.userOptions);
    }
    const onProgress = (fraction: number, message: string): void => tell({ fraction, message });
    const ensure = elsewhere ? ensureStartedElsewhere : ensureRunning;
    return ensure(account.client, owner, name, { start, signal, onProgress });
  }

  /** Performs what ends the server, and shows it as `after` then. */
  async #end(server: Mutable<Server>, after: "stopped" | "starting", perform: () => Promise<void>): Promise<void> {
    this.#starts.get(server.id)?.end(new ConnectError("aborted", `The start of ${server.label} was stopped.`));
    this.#starts.delete(server.id);
    this.#become(server, "stopping");
    try {
      await perform();
      if (server.services) this.#detach(server, server.services);
      this.#become(server, after);
    } finally {
      // Where that failed the hub knows best what is.
      if (server.state === "stopping") void this.#refreshQuietly(server.account);
    }
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
    const { label } = server;
    const { activity } = this.#ports;
    const services = new ServiceManager(serverSettings({ ...settings, baseUrl: url, wsUrl: url, label }), activity && { activity });
    services.onConnectionFailure((error) => {
      if (hasCode(error, "server-stopped") && server.services === services) void this.noteStopped(server);
    });
    server.services = services;
    return services;
  }

  #note(server: Mutable<Server>, model: HubServer): Server {
    server.model = model;
    server.displayName = model.display_name || model.name;
    server.label = serverLabel(server.account, server.owner, server.displayName);
    if (Object.keys(model.user_options).length > 0) server.lastOptions = model.user_options;
    const state = stateOf(model);
    const address = model.full_url ?? model.url;
    if (state === "running" && address !== null) this.#attach(server, new URL(address, server.account.hub));
    this.#become(server, state);
    return server;
  }

  #noteShared(account: Account, { server: model }: SharedServer): Server {
    const server = this.#server(account, model.name, model.user.name);
    const address = model.full_url ?? model.url;
    if (model.ready && address !== null) this.#attach(server, new URL(address, account.hub));
    this.#become(server, model.ready ? "running" : "stopped");
    return server;
  }

  /** What others share with the user; not being told is no reason to show nothing of one's own. */
  async #shared(account: Account, signal: AbortSignal | undefined): Promise<readonly SharedServer[]> {
    try {
      return await account.shares.list({ signal });
    } catch (error) {
      this.#ports.log.debug(`${account.label}: what is shared with it could not be listed`, error);
      return [];
    }
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

  /** @throws ConnectError `forbidden` where it is somebody else's */
  #own(server: Server): Mutable<Server> {
    if (!isShared(server)) return this.#server(server.account, server.name, server.owner);
    throw new ConnectError("forbidden", `${server.label} belongs to ${server.owner}, who alone can start and stop it.`);
  }

  #server(account: Account, name: string, owner: string): Mutable<Server> {
    const id = serverId(account, owner, name);
    const known = this.#servers.get(id);
    if (known) return known;
    const server: Mutable<Server> = {
      id,
      account,
      owner,
      name,
      displayName: name,
      label: serverLabel(account, owner, name),
      state: "stopped",
      model: undefined,
      lastOptions: this.#memory.options(id),
      services: undefined,
      kernelSpecs: this.#memory.specs(id),
    };
    this.#servers.set(id, server);
    return server;
  }

  /** Servers of accounts that are gone go; those of new ones come as they are remembered. */
  #followAccounts(): void {
    const accounts = new Set(this.#hubs.accounts);
    for (const server of [...this.#servers.values()]) {
      if (accounts.has(server.account)) continue;
      this.#servers.delete(server.id);
      server.services?.dispose();
      this.#starts.get(server.id)?.end(new ConnectError("signed-out", `You have signed out of ${server.account.label}.`));
      void this.#memory.forget(server);
    }
    for (const { account, services } of this.#servers.values()) {
      if (account.state === "signed-in" && hasCode(services?.stopped, "signed-out")) services.resume();
    }
    for (const account of accounts) {
      this.#server(account, "", account.userName);
      for (const { name, owner } of this.#memory.known(account)) this.#server(account, name, owner);
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
