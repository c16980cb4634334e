// A server with one kernel on loopback, for unit tests only: its websocket does what the test says, REST answers for it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket as TcpSocket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { decode, encode, v1Protocol } from "../../src/services/kernel/codec";
import type { Channel, Header, JsonObject, Message } from "../../src/services/kernel/messages";
import { kernelModel, type KernelModel } from "../../src/services/kernel/model";
import { serverSettings, type ServerSettings, type Timeouts } from "../../src/transport/settings";
import * as v from "valibot";

/** What a scripted REST answer is. */
export interface RestReply {
  readonly status?: number;
  readonly body?: string;
  readonly type?: string;
}

/** One websocket of a client. */
export class KernelSocket {
  constructor(
    readonly ws: WebSocket,
    readonly clientId: string,
    private readonly process: { readonly session: string },
  ) {}

  /** Sends a message of the kernel; `parent` is the request that it answers. */
  send(channel: Channel, type: string, content: JsonObject, parent: Partial<Header> = {}, buffers: Uint8Array[] = []): void {
    const header = { msg_id: `k${Math.random()}`, msg_type: type, session: this.process.session, username: "", date: "", version: "5.4" };
    const message: Message = { channel, header, parent_header: parent, metadata: {}, content, buffers };
    this.ws.send(encode(message, this.ws.protocol));
  }

  status(state: string, parent: Partial<Header> = {}): void {
    this.send("iopub", "status", { execution_state: state }, parent);
  }

  /** Answers a request completely. */
  answer({ channel, header }: Message, content: JsonObject = { status: "ok" }): void {
    this.status("busy", header);
    this.send(channel, header.msg_type.replace("_request", "_reply"), content, header);
    this.status("idle", header);
  }
}

/** What the fake kernel says it is. */
export const fakeInfo = { status: "ok", implementation: "fake", language_info: { name: "python" }, supported_features: [] };

/** Answers kernel_info by itself; all else is the test's. */
export class KernelServer {
  readonly #server = createServer((request, response) => this.#rest(request, response));
  readonly #open = new Set<TcpSocket>();
  /** The session of its messages; each process has its own. */
  session = "kernel";
  readonly sockets: KernelSocket[] = [];
  /** The requests that came, kernel_info among them, over all websockets. */
  readonly received: Message[] = [];
  /** REST requests, such as `POST /api/kernels/k1/restart`. */
  readonly asked: string[] = [];
  model: KernelModel = v.parse(kernelModel, { id: "k1", name: "python3", execution_state: "idle", connections: 1 });
  /** How many cells its kernel has had. */
  cells = 0;
  /** Whether requests get lost on their way. */
  loses = false;
  /** Called for each request but kernel_info, and the question how many cells there were. */
  onRequest: (message: Message, socket: KernelSocket) => void = (message, socket) => socket.answer(message);
  /** Called for the question how many cells there were. */
  onCount: (message: Message, socket: KernelSocket) => void = (message, socket) =>
    socket.answer(message, { status: "ok", execution_count: this.cells });
  /** Called for kernel_info. */
  onInfo: (message: Message, socket: KernelSocket) => void = (message, socket) => socket.answer(message, fakeInfo);
  /** Called for each websocket when it is open. */
  onSocket: (socket: KernelSocket) => void = () => undefined;
  /** Scripts REST: what it returns is answered instead of the usual. */
  onRest: (operation: string) => RestReply | undefined | Promise<RestReply | undefined> = () => undefined;

  /** Refuses handshakes: what it returns is answered instead, or nothing at all for "silence", and "cut" ends the connection. */
  onUpgrade: () => RestReply | "silence" | "cut" | undefined = () => undefined;

  private constructor() {
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => v1Protocol });
    this.#server.on("connection", (socket: TcpSocket) => {
      this.#open.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#open.delete(socket));
    });
    this.#server.on("upgrade", (request: IncomingMessage, socket: TcpSocket, head: Buffer) => {
      const refusal = this.onUpgrade();
      if (refusal === undefined) sockets.handleUpgrade(request, socket, head, (ws) => this.#take(ws, request));
      else if (refusal === "cut") socket.destroy();
      else if (refusal !== "silence") {
        const { status = 400, body = "", type = "text/html" } = refusal;
        socket.end(
          `HTTP/1.1 ${status} Refused\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
        );
      }
    });
  }

  static async start(): Promise<KernelServer> {
    const server = new KernelServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  settings(timeouts: Partial<Timeouts> = {}, more: Partial<ServerSettings> = {}): ServerSettings {
    const { port } = this.#server.address() as AddressInfo; // listening on TCP, never a pipe
    const base = serverSettings({ baseUrl: `http://127.0.0.1:${port}/`, label: "ana @ hub", timeouts: { retry: 1, ...timeouts } });
    return { ...base, ...more };
  }

  /** The newest websocket. */
  get socket(): KernelSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("No websocket was opened.");
    return socket;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(ws: WebSocket, request: IncomingMessage): void {
    const clientId = new URL(request.url ?? "", "http://x").searchParams.get("session_id") ?? "";
    const socket = new KernelSocket(ws, clientId, this);
    this.sockets.push(socket);
    ws.on("message", (data, binary) => {
      const bytes = data as Buffer; // the library's default for incoming messages
      const message = decode(binary ? bytes : bytes.toString("utf8"), ws.protocol);
      if (this.loses) return;
      this.received.push(message);
      const { msg_type: type } = message.header;
      if (type === "kernel_info_request") this.onInfo(message, socket);
      else if (message.content["silent"] === true) this.onCount(message, socket);
      else {
        if (type === "execute_request") this.cells += 1;
        this.onRequest(message, socket);
      }
    });
    this.onSocket(socket);
  }

  #rest(request: IncomingMessage, response: ServerResponse): void {
    const operation = `${request.method ?? ""} ${request.url ?? ""}`;
    this.asked.push(operation);
    request.resume();
    void Promise.resolve(this.onRest(operation)).then((scripted) => {
      const usual: RestReply = operation.endsWith("/interrupt") ? { status: 204 } : { body: JSON.stringify(this.model) };
      const { status = 200, body = "", type = "application/json" } = scripted ?? (request.method === "DELETE" ? { status: 204 } : usual);
      response.writeHead(status, { "Content-Type": type }).end(body);
    });
  }
}
