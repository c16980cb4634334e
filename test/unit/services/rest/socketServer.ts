// A websocket server on loopback whose behaviour each test gives, and the settings to reach it.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { serverSettings, type ServerSettings } from "../../../../src/transport/settings";

/** What to do with one websocket: take it, or refuse it with an HTTP status. */
export type Greeting = ((socket: WebSocket) => void) | number;

export class SocketServer {
  /** Paths of all handshakes so far. */
  readonly paths: string[] = [];
  readonly #server: Server = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true });

  /** @param greet called for each handshake with its number, from 0 */
  static async start(greet: (attempt: number) => Greeting): Promise<SocketServer> {
    const server = new SocketServer();
    server.#server.on("upgrade", (request, stream, head) => {
      const greeting = greet(server.paths.length);
      server.paths.push(request.url ?? "");
      if (typeof greeting === "number") {
        stream.end(`HTTP/1.1 ${greeting} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      } else {
        server.#sockets.handleUpgrade(request, stream, head, greeting);
      }
    });
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  settings(): ServerSettings {
    const { port } = this.#server.address() as AddressInfo;
    return serverSettings({
      baseUrl: `http://127.0.0.1:${port}/user/ana/`,
      label: "ana @ hub",
      token: "secret-token",
      timeouts: { retry: 5 },
    });
  }

  async stop(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.close();
    await once(this.#server, "close");
  }
}
