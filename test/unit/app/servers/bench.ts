// A signed-in account on a scripted hub, and its servers: what tests of src/app/servers begin with.
import { Hubs } from "../../../../src/app/hubs/hubs";
import type { Server } from "../../../../src/app/servers/server";
import { Servers } from "../../../../src/app/servers/servers";
import type { Account } from "../../../../src/hub/account/account";
import type { TokenTerms } from "../../../../src/hub/account/mint";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

/** Ana's account, and one Jupyter server that stands for all of hers. */
export class ServersBench {
  readonly #opened: Servers[] = [];

  private constructor(
    readonly hub: FakeHub,
    readonly jupyter: FakeJupyterServer,
    readonly ports: MemoryPorts,
    readonly hubs: Hubs,
    readonly servers: Servers,
    readonly account: Account,
    /** Her default server. */
    readonly server: Server,
  ) {
    this.#opened.push(servers);
  }

  /** @param terms of the tokens that are minted; without them the given one is used */
  static async start(terms?: TokenTerms): Promise<ServersBench> {
    const [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    const ports = new MemoryPorts(terms);
    const hubs = new Hubs(ports);
    const servers = new Servers(hubs, ports);
    const account = await signIn(hubs, hub);
    return new ServersBench(hub, jupyter, ports, hubs, servers, account, servers.get(account, ""));
  }

  async stop(): Promise<void> {
    for (const servers of this.#opened) servers.dispose();
    this.hubs.dispose();
    await Promise.all([this.hub.stop(), this.jupyter.stop()]);
  }

  /** The servers as another window has them. */
  open(): Servers {
    const opened = new Servers(this.hubs, this.ports);
    this.#opened.push(opened);
    return opened;
  }

  /** The hub says that a server runs. */
  run(name = ""): void {
    this.hub.run(this.jupyter.url, name);
  }

  /** The hub takes starts and has the server up at the end of its progress stream. */
  takeStarts(events: readonly object[] = []): void {
    this.hub.on("POST /hub/api/users/ana/server", () => {
      this.hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    this.hub.on("GET /hub/api/users/ana/server/progress", () => ({ events: this.#spawn(events) }));
  }

  /** The hub stops the default server when it is asked to. */
  takeStops(): void {
    this.hub.on("DELETE /hub/api/users/ana/server", () => {
      this.hub.servers.clear();
      return { status: 204 };
    });
  }

  /** How often the hub was asked for an operation. */
  asked(operation: string): number {
    return this.hub.asked.filter((each) => each === operation).length;
  }

  *#spawn(events: readonly object[]): Generator<object> {
    yield* events;
    this.run();
    yield { progress: 100, ready: true, message: "Server ready", url: "/user/ana/" };
  }
}
