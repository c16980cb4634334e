// ServerTable: the state of each server, and its services while it runs.
import { DisposableStore, type Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Account } from "../../hub/account/account";
import type { HubServer, SharedServer } from "../../hub/api/model";
import { serverPlace, type ServerPlace } from "../../hub/api/serverPlace";
import { ServiceManager } from "../../services/serviceManager";
import type { KernelSpecs } from "../../services/kernelspec/model";
import type { Ports } from "../ports";
import { serverId, serverLabel, serverStateOf, type Server, type ServerState, type UserOptions } from "./server";
import { ServerMemory } from "./serverMemory";
import { ServerPlaces } from "./serverPlaces";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The only place where the state of servers changes. */
export class ServerTable implements Disposable {
  readonly #ports: Ports;
  readonly #memory: ServerMemory;
  readonly #places: ServerPlaces;
  readonly #servers = new Map<string, Mutable<Server>>();
  readonly #changed: Emitter<void>;
  readonly #lost: Emitter<Server>;
  /** Servers that are being started or stopped from here: that they are not running yet, or still, is no news. */
  readonly #busy = new Map<string, number>();

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#memory = new ServerMemory(ports.memory);
    this.#places = new ServerPlaces(ports);
    this.#changed = new Emitter(ports.log);
    this.#lost = new Emitter(ports.log);
  }

  /** Fired whenever any server has changed, come or gone. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** Fired when the services of a server have found it not running. */
  get onDidLose() {
    return this.#lost.event;
  }

  get all(): readonly Server[] {
    return [...this.#servers.values()];
  }

  find(id: string): Server | undefined {
    return this.#servers.get(id);
  }

  /** The server of this name of `owner`, which may be new. */
  get(account: Account, name: string, owner: string): Server {
    return this.#get(account, name, owner);
  }

  /** The default server, and those that are remembered. */
  addRemembered(account: Account): void {
    this.#get(account, "", account.userName);
    for (const { name, owner } of this.#memory.known(account)) this.#get(account, name, owner);
    this.#changed.fire();
  }

  /** The server is gone, with what was remembered of it. */
  async remove(server: Server): Promise<void> {
    this.drop(server);
    await this.#memory.forget(server);
  }

  /** The server is not shown any more; what is remembered stays. */
  drop(server: Server): void {
    const own = this.#servers.get(server.id);
    if (!own) return;
    this.#servers.delete(server.id);
    own.services?.dispose();
    own.services = undefined;
    this.#changed.fire();
  }

  /** Until the result is disposed the hub's list does not say that the server is stopped, or not stopping any more. */
  busy({ id }: Server): Disposable {
    const count = (change: number): void => void this.#busy.set(id, (this.#busy.get(id) ?? 0) + change);
    const store = new DisposableStore();
    count(1);
    store.add({ dispose: () => count(-1) });
    return store;
  }

  /** Takes the hub's model of one of the account's own servers. */
  note(account: Account, model: HubServer): Server {
    const server = this.#get(account, model.name, account.userName);
    server.model = model;
    server.displayName = model.display_name || model.name;
    server.label = serverLabel(account, server.owner, server.displayName);
    if (Object.keys(model.user_options).length > 0) this.#setOptions(server, model.user_options);
    const state = serverStateOf(model);
    if (this.#isBusy(server) && (state === "stopped" || server.state === "stopping")) return server;
    if (state === "running") this.#attachTo(server, serverPlace(account.hub, model));
    this.become(server, state);
    return server;
  }

  /** Takes the hub's model of a server that somebody shares with the account. */
  noteShared(account: Account, { server: model }: SharedServer): Server {
    const server = this.#get(account, model.name, model.user.name);
    if (model.ready) this.#attachTo(server, serverPlace(account.hub, model));
    this.become(server, model.ready ? "running" : "stopped");
    return server;
  }

  /** The hub does not list the server. */
  noteUnlisted(server: Server): void {
    if (!this.#isBusy(server)) this.become(server, "stopped");
  }

  /**
   * The server runs at `place`. @returns its services
   * @throws ProductError where it must not be used there, or the user does not want it
   */
  async run(server: Server, place: ServerPlace): Promise<ServiceManager> {
    await this.#places.confirm(server.account, place);
    const own = this.#own(server);
    own.elsewhere = undefined;
    const services = this.#attach(own, place.url);
    this.become(own, "running");
    return services;
  }

  become(server: Server, state: ServerState): void {
    const own = this.#own(server);
    if (state === "stopped") this.detach(own);
    if (own.state === state) return;
    own.state = state;
    this.#changed.fire();
  }

  /** Kernels end with their server: everything that waits for one is rejected. */
  detach(server: Server): void {
    const own = this.#own(server);
    const { services } = own;
    own.services = undefined;
    for (const kernel of services?.kernels.connections ?? []) kernel.end(new ProductError("server-stopped", stoppedText(own)));
    services?.dispose();
  }

  /** Live kernel specs, remembered from now on. */
  async keepSpecs(server: Server, specs: KernelSpecs): Promise<void> {
    const own = this.#own(server);
    if (JSON.stringify(own.kernelSpecs) === JSON.stringify(specs)) return;
    own.kernelSpecs = specs;
    // Before they are written: who learns the same specs meanwhile finds nothing to tell, and relies on this.
    this.#changed.fire();
    await this.#memory.keepSpecs(own, specs);
  }

  /** The options of a start. The hub remembers them too, but gives them only for servers that it lists. */
  async keepOptions(server: Server, options: UserOptions): Promise<void> {
    const own = this.#own(server);
    this.#setOptions(own, options);
    await this.#memory.keepOptions(own, options);
  }

  dispose(): void {
    for (const { services } of this.#servers.values()) services?.dispose();
    this.#changed.dispose();
    this.#lost.dispose();
  }

  #isBusy({ id }: Server): boolean {
    return (this.#busy.get(id) ?? 0) > 0;
  }

  /** Where the hub lists the server; a host that the user has to agree to is left alone until the server is used. */
  #attachTo(server: Mutable<Server>, place: ServerPlace | undefined): void {
    const isAllowed = place === undefined || this.#places.allows(server.account, place);
    server.elsewhere = isAllowed ? undefined : place.url.host;
    if (place && isAllowed) this.#attach(server, place.url);
    else if (place) this.detach(server);
  }

  /** The services at `url`; the present ones if that is where they are. */
  #attach(server: Mutable<Server>, url: URL): ServiceManager {
    if (server.services?.settings.baseUrl.href === url.href) return server.services;
    server.services?.dispose();
    const { account, label } = server;
    const { activity } = this.#ports;
    const services = new ServiceManager(account.serverSettings(server, url, label), activity && { activity });
    services.onConnectionFailure((error) => {
      if (hasCode(error, "server-stopped") && server.services === services) this.#lost.fire(server);
    });
    server.services = services;
    return services;
  }

  #setOptions(server: Mutable<Server>, options: UserOptions): void {
    Object.assign(server, { lastOptions: options, otherOptions: [], shownOptions: this.#memory.shown(server, options) });
  }

  /** Ours of that id; one that is gone may change too, unseen. */
  #own(server: Server): Mutable<Server> {
    return this.#servers.get(server.id) ?? server;
  }

  #get(account: Account, name: string, owner: string): Mutable<Server> {
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
      lastOptions: undefined,
      ...this.#memory.options(id, account),
      services: undefined,
      elsewhere: undefined,
      kernelSpecs: this.#memory.specs(id),
    };
    this.#servers.set(id, server);
    return server;
  }
}

/** Why nothing of a server that was stopped can go on. */
export function stoppedText(server: Server): string {
  return `The server of ${server.label} was stopped, and its kernels with it: their variables are gone. Run the cells again from the top to start it anew.`;
}
