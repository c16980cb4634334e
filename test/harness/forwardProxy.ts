// A forward proxy as institutions have them: CONNECT and absolute addresses, user name and password if wanted, a record.
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** One thing that a client wanted of the proxy. */
export interface ProxyRecord {
  readonly kind: "tunnel" | "request" | "websocket";
  /** Host and port as the client named them. */
  readonly target: string;
  /** The path, where the proxy can see it: not inside a tunnel. */
  readonly path?: string;
  /** Whether it was let through, and the port from which it then went on: its server sees that as the client's. */
  readonly from?: number;
}

export interface ForwardProxyOptions {
  /** Where host names lead that only this proxy knows, as ports of 127.0.0.1 by `host:port`. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Whoever does not give these (Basic) is answered 407. */
  readonly credentials?: { readonly name: string; readonly password: string };
}

/** A running forward proxy. */
export interface ForwardProxy {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** The same with the credentials in it, as people write it into settings. */
  readonly urlWithCredentials: string;
  /** All that was wanted of it, refused or not, in order. */
  readonly record: readonly ProxyRecord[];
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a forward proxy on a free port of loopback. */
export async function startForwardProxy(options: ForwardProxyOptions): Promise<ForwardProxy> {
  const proxy = new LoopbackForwardProxy(options);
  await proxy.listen();
  return proxy;
}

class LoopbackForwardProxy implements ForwardProxy {
  readonly record: ProxyRecord[] = [];
  readonly #options: ForwardProxyOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  constructor(options: ForwardProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => this.#forward(request, response));
    this.#server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#tunnel(request, socket, head));
    this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head));
    this.#server.on("connection", (socket: Socket) => this.#keep(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get urlWithCredentials(): string {
    const { name, password } = this.#options.credentials ?? { name: "", password: "" };
    return `http://${encodeURIComponent(name)}:${encodeURIComponent(password)}@127.0.0.1:${this.#port}`;
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port; // listening on TCP, never a pipe
  }

  /** CONNECT host:port: what follows is between client and server. */
  #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const target = request.url ?? "";
    const refusal = this.#refusal(request, target);
    if (refusal !== undefined) {
      this.record.push({ kind: "tunnel", target });
      socket.end(refusal);
      return;
    }
    this.#connect(target, socket, (server) => {
      this.record.push({ kind: "tunnel", target, from: server.localPort ?? 0 });
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) server.write(head);
    });
  }

  /** A websocket of a server without TLS, asked for by its whole address. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { target, path } = whereTo(request);
    const refusal = this.#refusal(request, target);
    if (refusal !== undefined) {
      this.record.push({ kind: "websocket", target, path });
      socket.end(refusal);
      return;
    }
    this.#connect(target, socket, (server) => {
      this.record.push({ kind: "websocket", target, path, from: server.localPort ?? 0 });
      const headers = Object.entries(onward(request)).map(([name, value]) => `${name}: ${value}\r\n`);
      server.write(`GET ${path} HTTP/1.1\r\n${headers.join("")}\r\n`);
      if (head.length > 0) server.write(head);
    });
  }

  /** A request to a server without TLS. */
  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { target, path } = whereTo(request);
    const refusal = this.#refusal(request, target);
    if (refusal !== undefined) {
      this.record.push({ kind: "request", target, path });
      request.socket.end(refusal);
      return;
    }
    const options = { host: "127.0.0.1", port: this.#portOf(target), method: request.method, path, headers: onward(request) };
    const sent = httpRequest(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on("socket", (socket) => {
      socket.once("connect", () => this.record.push({ kind: "request", target, path, from: socket.localPort ?? 0 }));
    });
    sent.on("error", () => response.destroy());
    request.pipe(sent);
  }

  #connect(target: string, client: Duplex, connected: (server: Socket) => void): void {
    const server = connect({ host: "127.0.0.1", port: this.#portOf(target) });
    this.#keep(server);
    server.once("connect", () => {
      connected(server);
      server.pipe(client).pipe(server);
    });
    server.on("close", () => client.destroy());
    client.on("error", () => server.destroy());
    client.on("close", () => server.destroy());
  }

  /** What is answered instead of passing it on; undefined where it may pass. */
  #refusal(request: IncomingMessage, target: string): string | undefined {
    const { credentials } = this.#options;
    const wanted = credentials && `Basic ${Buffer.from(`${credentials.name}:${credentials.password}`).toString("base64")}`;
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      return 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
    }
    if (this.#portOf(target) === 0) return "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    return undefined;
  }

  /** 0 for a host that is not known. */
  #portOf(target: string): number {
    return this.#options.hosts[target] ?? 0;
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined); // its close says enough
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

/** From an absolute address. */
function whereTo({ url = "" }: IncomingMessage): { target: string; path: string } {
  const { hostname, port, pathname, search } = new URL(url);
  return { target: `${hostname}:${port === "" ? "80" : port}`, path: pathname + search };
}

/** The request's headers without those that are for the proxy. */
function onward({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith("proxy-"));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
