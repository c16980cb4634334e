// A server of its own for the tests of managers, sessions and contexts, with ServiceManagers as several clients have.
import { randomUUID } from "node:crypto";
import { next, type Event } from "../../../src/base/event";
import { ServiceManager } from "../../../src/services/serviceManager";
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import { sharedHub } from "../../harness/hub/shared";

/** How long anything here may take, in milliseconds. */
const bound = 60_000;

/** Clients of one running server; `close` ends them and everything they left on it. */
export class SessionServer {
  readonly #clients: ServiceManager[] = [];

  private constructor(readonly settings: ServerSettings) {}

  /** Starts the server these tests share, unless it runs. */
  static async start(): Promise<SessionServer> {
    const hub = sharedHub();
    const baseUrl = await hub.startServer("ana", "sessions");
    return new SessionServer(serverSettings({ baseUrl, token: hub.user("ana").token, label: "ana @ test hub · sessions" }));
  }

  /** Another client of the server. */
  client(settings: ServerSettings = this.settings): ServiceManager {
    const services = new ServiceManager(settings);
    this.#clients.push(services);
    return services;
  }

  /** A path no other test uses. */
  path(): string {
    return `test/${randomUUID()}.ipynb`;
  }

  /** Ends all clients, all sessions and all kernels. */
  async close(): Promise<void> {
    const services = this.client();
    // Sessions take their kernels with them; what is left are kernels without.
    await services.sessions.shutdownAll();
    await services.kernels.shutdownAll();
    for (const client of this.#clients.splice(0)) client.dispose();
  }
}

/** What a new notebook session asks for. */
export function start(path: string, kernel = "python3") {
  return { path, name: path.split("/").at(-1) ?? "", type: "notebook", kernel: { name: kernel } };
}

/** The next value that `accept` takes; fails after a minute. */
export function until<T>(event: Event<T>, accept: (value: T) => boolean = () => true): Promise<T> {
  return next(event, accept, AbortSignal.timeout(bound));
}
