// A TCP proxy that breaks connections on demand, to stand between the extension and a hub.
import { createServer, type Server, type Socket } from "node:net";
import { FaultyConnection, type Faults } from "./faultyConnection";
import { RequestHeads, type RequestHead } from "./requestHeads";

/** A running fault proxy. Faults add up until `restore()`. */
export interface FaultProxy {
  /** Where it listens: http://127.0.0.1:PORT/. */
  readonly url: string;
  readonly port: number;
  /** How many connections are open now. */
  readonly open: number;
  /** How many connections there have been. */
  readonly accepted: number;
  /** Bytes passed on so far, over all connections. */
  readonly bytes: { readonly toServer: number; readonly toClient: number };
  /** The requests that have come so far, over all connections. */
  readonly requests: readonly RequestHead[];
  /** `url`, which leads to the server behind, changed so that it leads through this proxy. */
  through(url: string): string;
  /**
   * Ends all open connections, in the middle of whatever was being said: the server notices first, what it had sent
   * until then still arrives, then the client's side ends (within a second). New ones are accepted.
   */
  cut(): void;
  /** From now on nothing passes, on old and new connections, but all stay open; `restore()` lets everything pass. */
  stall(): void;
  /**
   * Open connections die as if a router had forgotten them: the server sees an end, the client nothing, and what it
   * sends is swallowed. They stay so; new connections work.
   */
  halfOpen(): void;
  /** Everything passes `ms` milliseconds later, in order. */
  delay(ms: number): void;
  /** Each connection passes at most so many bytes a second in each direction. */
  throttle(bytesPerSecond: number): void;
  /** New connections are refused (ECONNREFUSED); open ones go on. */
  refuse(): void;
  /** Ends stall, delay, throttle and refuse; resolves when new connections are accepted again. */
  restore(): Promise<void>;
  /** Breaks all connections and stops listening. */
  close(): void;
}

/** Starts a fault proxy on a free port of loopback; `target` is where it leads, such as a test hub's host and port. */
export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(target);
  await proxy.restore();
  return proxy;
}

class TcpFaultProxy implements FaultProxy {
  readonly bytes = { toServer: 0, toClient: 0 };
  readonly requests: RequestHead[] = [];
  readonly #connections = new Set<FaultyConnection>();
  #faults: Faults = { stalled: false, delay: 0, bytesPerSecond: Infinity };
  #server: Server | undefined;
  #port = 0;
  #accepted = 0;

  constructor(private readonly target: { host: string; port: number }) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get port(): number {
    return this.#port;
  }

  get open(): number {
    return this.#connections.size;
  }

  get accepted(): number {
    return this.#accepted;
  }

  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = "127.0.0.1";
    changed.port = `${this.#port}`;
    return changed.href;
  }

  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  stall(): void {
    this.#set({ ...this.#faults, stalled: true });
  }

  halfOpen(): void {
    for (const connection of this.#connections) connection.forget();
  }

  delay(ms: number): void {
    this.#set({ ...this.#faults, delay: ms });
  }

  throttle(bytesPerSecond: number): void {
    this.#set({ ...this.#faults, bytesPerSecond });
  }

  refuse(): void {
    // Closes the listening socket at once; its open connections are not touched.
    this.#server?.close();
    this.#server = undefined;
  }

  async restore(): Promise<void> {
    this.#set({ stalled: false, delay: 0, bytesPerSecond: Infinity });
    if (this.#server === undefined) await this.#listen();
  }

  close(): void {
    this.refuse();
    for (const connection of this.#connections) connection.reset();
  }

  #set(faults: Faults): void {
    this.#faults = faults;
    for (const connection of this.#connections) connection.set(faults);
  }

  #listen(): Promise<void> {
    // Half-closed connections are passed on as such.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    const connection = new FaultyConnection(client, this.target, this.bytes);
    const heads = new RequestHeads(this.requests);
    client.on("data", (chunk: Buffer) => heads.add(chunk));
    connection.set(this.#faults);
    this.#connections.add(connection);
    client.once("close", () => this.#connections.delete(connection));
  }
}
