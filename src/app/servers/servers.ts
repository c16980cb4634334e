// Servers: account → running server → its ServiceManager; one per server, shared by everything that uses it.
import { backoff, delay } from "../../base/async";
import { DisposableStore, type Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import { Joins } from "../../base/joins";
import type { Account } from "../../hub/account/account";
import type { SharedServer } from "../../hub/api/model";
import { remove, servers as listServers, stop } from "../../hub/api/userServer";
import type { ServiceManager } from "../../services/serviceManager";
import type { Hubs } from "../hubs/hubs";
import type { Ports } from "../ports";
import { bringUp, type RunningServerOptions } from "./bringUp";
import { isShared, type Server } from "./server";
import { ServerStart } from "./serverStart";
import { ServerTable, stoppedText } from "./serverTable";

export type { RunningServerOptions } from "./bringUp";
export type { StartProgress } from "./serverStart";

/** The servers of all accounts: which there are, and bringing them up and down. */
export class Servers implements Disposable {
  readonly #hubs: Hubs;
  readonly #ports: Ports;
  readonly #table: ServerTable;
  readonly #starts = new Map<string, ServerStart<ServiceManager>>();
  readonly #ending = new Joins<Servers, void>();
  readonly #resources = new DisposableStore();

  constructor(hubs: Hubs, ports: Ports) {
    this.#hubs = hubs;
    this.#ports = ports;
    this.#table = this.#resources.add(new ServerTable(ports));
    this.#resources.add(this.#table.onDidLose((server) => this.noteStopped(server)));
    this.#followAccounts();
    this.#resources.add(hubs.onDidChange(() => this.#followAccounts()));
  }

  /** Fired whenever any server has changed, come or gone. */
  get onDidChange() {
    return this.#table.onDidChange;
  }

  get all(): readonly Server[] {
    return this.#table.all;
  }

  of(account: Account): readonly Server[] {
    return this.all.filter((server) => server.account === account);
  }

  find(id: string): Server | undefined {
    return this.#table.find(id);
  }

  /** The server of this name, which need not exist on the hub yet; one of `owner`'s where that is somebody else. */
  get(account: Account, name: string, owner = account.userName): Server {
    return this.#table.get(account, name, owner);
  }

  /**
   * Asks the hub for the account's servers, and for those that others share with it; the servers themselves are not
   * asked. @throws ProductError
   */
  async refresh(account: Account, signal?: AbortSignal): Promise<void> {
    const [models, shared] = await Promise.all([listServers(account.client, account.userName, { signal }), this.#shared(account, signal)]);
    const listed = new Set<Server>();
    for (const model of models) listed.add(this.#table.note(account, model));
    for (const share of shared) listed.add(this.#table.noteShared(account, share));
    for (const server of this.of(account)) {
      if (listed.has(server)) continue;
      // A server that the hub does not list is stopped; one that was never used here is gone with that.
      this.#table.noteUnlisted(server);
      const isDefault = server.name === "" && !isShared(server);
      if (isDefault || this.#starts.has(server.id)) continue;
      if (!server.kernelSpecs) this.#table.drop(server);
      // Deleted on the hub's pages: its token is of no use any more.
      if (!isShared(server)) await account.forgetServer(server);
    }
  }

  /** Asks a running server for its kernel specs, kernels and sessions. */
  async refreshServices(server: Server, signal?: AbortSignal): Promise<void> {
    const { services } = server;
    if (!services) return;
    await services.refresh(signal);
    const { specs } = services.kernelSpecs;
    if (specs && this.find(server.id) === server) await this.#table.keepSpecs(server, specs);
  }

  /**
   * Returns the server's services, with the server running: asks the hub, and starts it if need be. Whoever asks while
   * it starts shares that start, and may leave without stopping it.
   * @throws ProductError `start-failed` with the hub's reason, `unreachable`, `signed-out`, `timeout`, `aborted`;
   * `server-stopped` where it is somebody else's and not running
   */
  ensureRunning(server: Server, options: RunningServerOptions = {}): Promise<ServiceManager> {
    const start = this.#starts.get(server.id) ?? this.#start(server, options);
    return start.wait(options);
  }

  /**
   * The services of a server that runs; it is not started. A hub that cannot be reached is asked again and again.
   * @throws ProductError `server-stopped`, or why `signal` aborted
   */
  async whileRunning(server: Server, signal: AbortSignal): Promise<ServiceManager> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.refresh(server.account, signal);
        const { services } = this.get(server.account, server.name, server.owner);
        if (services) return services;
        throw new ProductError("server-stopped", stoppedText(server));
      } catch (error) {
        if (!hasCode(error, "unreachable", "timeout", "server-error", "rate-limited", "signed-out", "certificate")) throw error;
        this.#ports.log.info(`${server.label} could not be asked yet`, error);
      }
      await delay(backoff(attempt, 1_000, 30_000), signal);
    }
  }

  /**
   * Creates a named server, started with these options.
   * @throws ProductError `conflict` where there is one of that name, and as `ensureRunning`
   */
  async create(account: Account, name: string, options: RunningServerOptions = {}): Promise<Server> {
    await this.refresh(account, options.signal);
    const known = this.of(account).find((server) => server.name === name && !isShared(server));
    if (known?.model)
      throw new ProductError("conflict", `There is a server “${name}” of ${account.label} already. Start it, or choose another name.`);
    const server = this.get(account, name);
    try {
      await this.ensureRunning(server, options);
    } finally {
      // A name that the hub refused is no server; one whose spawn failed is.
      if (server.state !== "running") await this.#refreshQuietly(account);
    }
    return server;
  }

  /**
   * Stops the server, with all its kernels; resolves when it is stopped. A start that is under way ends with that, and
   * whoever asks meanwhile joins.
   */
  stop(server: Server, signal?: AbortSignal): Promise<void> {
    return this.#ending.run(
      this,
      `stop ${server.id}`,
      () => this.#end(server, "stopped", () => stop(server.account.client, server.owner, server.name)),
      signal,
    );
  }

  /** Stops the server, with all its kernels, and starts it again; by default with the same options. */
  async restart(server: Server, options: RunningServerOptions = {}): Promise<ServiceManager> {
    const { signal } = options;
    const end = (): Promise<void> => this.#end(server, "starting", () => stop(server.account.client, server.owner, server.name));
    await this.#ending.run(this, `stop ${server.id}`, end, signal);
    return this.ensureRunning(server, options);
  }

  /** Stops a named server and has the hub forget it; resolves when it is gone. */
  async delete(server: Server, signal?: AbortSignal): Promise<void> {
    if (server.name === "") throw new ProductError("unsupported", `The default server of ${server.label} can be stopped, not deleted.`);
    const end = (): Promise<void> => this.#end(server, "stopped", () => remove(server.account.client, server.owner, server.name));
    await this.#ending.run(this, `delete ${server.id}`, end, signal);
    await this.#forget(server);
  }

  /** The server has turned out not to be running, though nobody here has stopped it. */
  async noteStopped(server: Server): Promise<void> {
    if (!this.find(server.id)) return;
    this.#table.become(server, "stopped");
    await this.#refreshQuietly(server.account);
  }

  /** Asks the hub whether the server still runs; connections to kernels of one that does not are ended. */
  async check(server: Server): Promise<void> {
    await this.#refreshQuietly(server.account);
  }

  dispose(): void {
    for (const start of this.#starts.values()) start.end(new ProductError("disposed", "The window is being closed."));
    this.#resources.dispose();
  }

  #start(server: Server, options: RunningServerOptions): ServerStart<ServiceManager> {
    const own = this.get(server.account, server.name, server.owner);
    // Nobody here brings up a server that somebody starts elsewhere: until then it is as the hub says.
    const busy = options.elsewhere ? undefined : this.#table.busy(own);
    const start = new ServerStart<ServiceManager>(async (signal, tell) => {
      try {
        if (options.start?.userOptions && !isShared(own)) await this.#table.keepOptions(own, options.start.userOptions);
        const found = await bringUp(own, { ...options, signal }, (progress) => {
          if (signal.aborted) return;
          if (own.state === "stopped" || own.state === "stopping") this.#table.become(own, "starting");
          tell(progress);
        });
        const services = await this.#table.run(own, found.place);
        // Start time and options are in the hub's list only.
        if (!own.model?.ready && !isShared(own)) void this.#refreshQuietly(own.account);
        return services;
      } catch (error) {
        busy?.dispose();
        // The server may be starting still (the wait ended by its timeout): the hub knows.
        if (own.state === "starting") this.#table.become(own, "stopped");
        if (hasCode(error, "start-failed", "timeout")) void this.#refreshQuietly(own.account);
        throw error;
      } finally {
        busy?.dispose();
        if (this.#starts.get(server.id) === start) this.#starts.delete(server.id);
      }
    }, this.#ports.log);
    this.#starts.set(server.id, start);
    return start;
  }

  /**
   * Performs what ends the server, and shows it as `after` then.
   * @throws ProductError `forbidden` where it is somebody else's
   */
  async #end(server: Server, after: "stopped" | "starting", perform: () => Promise<void>): Promise<void> {
    if (isShared(server))
      throw new ProductError("forbidden", `${server.label} belongs to ${server.owner}, who alone can start and stop it.`);
    this.#starts.get(server.id)?.end(new ProductError("aborted", `The start of ${server.label} was stopped.`));
    this.#starts.delete(server.id);
    this.#table.become(server, "stopping");
    const busy = this.#table.busy(server);
    try {
      await perform();
      this.#table.detach(server);
      this.#table.become(server, after);
    } finally {
      busy.dispose();
      // Where that failed the hub knows best what is.
      if (server.state === "stopping") void this.#refreshQuietly(server.account);
    }
  }

  /** The server is gone from the hub, and its token with it. */
  async #forget(server: Server): Promise<void> {
    await this.#table.remove(server);
    await server.account.forgetServer(server);
  }

  /** Servers that others share with the user; a failure to list them is no reason to show none of the user's own. */
  async #shared(account: Account, signal: AbortSignal | undefined): Promise<readonly SharedServer[]> {
    try {
      return await account.shares.list({ signal });
    } catch (error) {
      this.#ports.log.debug(`${account.label}: what is shared with it could not be listed`, error);
      return [];
    }
  }

  /** Servers of accounts that are gone go; those of new ones come as they are remembered. */
  #followAccounts(): void {
    const accounts = new Set(this.#hubs.accounts);
    for (const server of this.all) {
      if (accounts.has(server.account)) continue;
      this.#starts.get(server.id)?.end(new ProductError("signed-out", `You have signed out of ${server.account.label}.`));
      void this.#table.remove(server);
    }
    for (const { account, services } of this.all) {
      if (account.state === "signed-in" && hasCode(services?.stopped, "signed-out")) services.resume();
    }
    for (const account of accounts) this.#table.addRemembered(account);
  }

  async #refreshQuietly(account: Account): Promise<void> {
    try {
      await this.refresh(account);
    } catch (error) {
      this.#ports.log.warn(`${account.label}: its servers could not be listed`, error);
    }
  }
}
