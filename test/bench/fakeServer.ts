// A Jupyter server on loopback whose kernel sends messages that were prepared in advance, as fast as they are taken.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { decode, v1Protocol } from "../../src/services/kernel/codec";
import type { Header } from "../../src/services/kernel/messages";
import type { KernelPlace } from "./clients/protocol";
import { Prepared } from "./prepared";

/** Code that its kernel understands. */
export const streamCode = (blocks: number): string => `stream ${blocks}`;
export const displayCode = "display";
/** Messages in one block of `streamCode`. */
export const perBlock = 1_000;

const kernelId = "9f6b8a50-0000-4000-8000-000000000001";
const model = { id: kernelId, name: "python3", execution_state: "idle", connections: 1, last_activity: "2026-01-01T00:00:00.000000Z" };

/** A running fake server. */
export interface FakeServer {
  readonly place: KernelPlace;
  stop(): Promise<void>;
}

/** Starts it on a free port. */
export async function startFakeServer(displayBytes = 50 * 1024 * 1024): Promise<FakeServer> {
  const server = new PreparedServer(displayBytes);
  return server.start();
}

class PreparedServer {
  readonly #http: Server = createServer((request, response) => this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => v1Protocol });
  readonly #busy = new Prepared([["iopub", "status", { execution_state: "busy" }]]);
  readonly #info = new Prepared([["shell", "kernel_info_reply", kernelInfo]]);
  readonly #reply = new Prepared([["shell", "execute_reply", { status: "ok", execution_count: 1, payload: [], user_expressions: {} }]]);
  readonly #idle = new Prepared([["iopub", "status", { execution_state: "idle" }]]);
  readonly #block = new Prepared(
    Array.from({ length: perBlock }, (_, line) => ["iopub", "stream", { name: "stdout", text: `line ${line}\n` }]),
  );
  readonly #display: Prepared;

  constructor(displayBytes: number) {
    const data = { "image/png": "iVBORw0KGgo".padEnd(displayBytes, "A"), "text/plain": "<Figure>" };
    this.#display = new Prepared([["iopub", "display_data", { data, metadata: {}, transient: {} }]]);
    this.#http.on("upgrade", (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.#connected(ws, socket));
    });
  }

  async start(): Promise<FakeServer> {
    this.#http.listen(0, "127.0.0.1");
    await once(this.#http, "listening");
    const { port } = this.#http.address() as AddressInfo; // listening on TCP, never a pipe
    const place = { baseUrl: `http://127.0.0.1:${port}/`, token: "good-token", kernelId };
    return { place, stop: () => this.#stop() };
  }

  async #stop(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? "").replace(/\?.*/, "");
    const known: Readonly<Record<string, unknown>> = { "/api/kernels": [model], [`/api/kernels/${kernelId}`]: model };
    response.writeHead(path in known ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(known[path] ?? { message: "Not Found" }));
  }

  #connected(ws: WebSocket, socket: Duplex): void {
    ws.on("message", (data: Buffer) => {
      const { header, content } = decode(data, v1Protocol);
      const { code } = content;
      void this.#answer(socket, header, typeof code === "string" ? code : "");
    });
  }

  /** Writes to the socket beneath ws, which sends nothing of its own but pongs. */
  async #answer(socket: Duplex, parent: Header, code: string): Promise<void> {
    const send = (prepared: Prepared): Promise<void> =>
      new Promise((resolve) => {
        // Where the socket's buffer is full, when these bytes are out, or can never be.
        if (socket.write(prepared.to(parent), () => resolve())) resolve();
      });
    await send(this.#busy);
    const [what, count] = code.split(" ");
    for (let block = 0; what === "stream" && block < Number(count) && !socket.destroyed; block++) await send(this.#block);
    if (what === "display") await send(this.#display);
    await send(parent.msg_type === "kernel_info_request" ? this.#info : this.#reply);
    await send(this.#idle);
  }
}

const kernelInfo = {
  ...{ status: "ok", protocol_version: "5.3", implementation: "prepared", implementation_version: "1", banner: "", help_links: [] },
  language_info: { name: "python", version: "3.12.0", mimetype: "text/x-python", file_extension: ".py" },
};
