// Loopback servers for the transport tests: HTTP and websocket upgrades answered by the test's own functions.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket as TcpSocket } from "node:net";
import { text } from "node:stream/consumers";
import { WebSocketServer, type ServerOptions, type WebSocket } from "ws";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../../src/transport/settings";

/** What a test answers: status, body and headers; an object as body is sent as JSON. */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it came. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Script = Reply | ((response: ServerResponse, asked: Asked) => Reply | undefined);

/** Answers each request with the next of its replies, the last one for good. */
export class Loopback {
  readonly server: Server;
  readonly asked: Asked[] = [];
  readonly #open = new Set<TcpSocket>();
  #replies: Script[] = [];

  private constructor(make: (listener: RequestListener) => Server) {
    this.server = make((request, response) => void this.#serve(request, response));
    this.server.on("connection", (socket: TcpSocket) => {
      this.#open.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#open.delete(socket));
    });
  }

  static async start(make: (listener: RequestListener) => Server = createServer): Promise<Loopback> {
    const loopback = new Loopback(make);
    await listen(loopback.server);
    return loopback;
  }

  get port(): number {
    return portOf(this.server);
  }

  /** The replies to the next requests. */
  on(...replies: Script[]): this {
    this.#replies = replies;
    return this;
  }

  /** Settings of this server as a user's. */
  settings(options: Partial<ServerSettingsOptions> = {}): ServerSettings {
    return serverSettings({ baseUrl: `http://127.0.0.1:${this.port}/user/ana/`, label: "ana @ hub", token: "good", ...options });
  }

  /** Takes websockets; `opened` gets each one. */
  sockets(opened: (socket: WebSocket, request: IncomingMessage) => void, options: ServerOptions = {}): WebSocketServer {
    const sockets = new WebSocketServer({ noServer: true, ...options });
    this.server.on("upgrade", (request: IncomingMessage, socket: TcpSocket, head: Buffer) =>
      sockets.handleUpgrade(request, socket, head, (ws) => opened(ws, request)),
    );
    return sockets;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = {
      method: request.method ?? "",
      url: request.url ?? "",
      token: request.headers.authorization?.replace(/^token /, ""),
      headers: request.headers,
      body: await text(request),
    };
    this.asked.push(asked);
    const script = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0];
    const reply = typeof script === "function" ? script(response, asked) : script;
    if (!reply) return;
    const { status = 200, body = {}, headers = {} } = reply;
    const html = typeof body === "string" && body.startsWith("<");
    response.writeHead(status, { "Content-Type": html ? "text/html; charset=utf-8" : "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
}

/** A TCP server that does with each connection what the test says. */
export async function rawServer(accept: (socket: TcpSocket) => void): Promise<{ port: number; stop: () => Promise<void> }> {
  const open = new Set<TcpSocket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
    accept(socket);
  });
  await listen(server);
  const stop = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: portOf(server), stop };
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const { port, stop } = await rawServer(() => undefined);
  await stop();
  return port;
}

function listen(server: TcpServer | Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function portOf(server: TcpServer | Server): number {
  return (server.address() as AddressInfo).port; // listening on TCP, never a pipe
}
