// A web server in front of a hub, as institutions have it: it may limit the size of requests, and pass no websockets on.
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface WebFrontOptions {
  /** Bytes that the body of a request may have; nginx takes 1 MB unless told otherwise. More is answered 413. */
  readonly maxBody?: number;
  /** False: as where nobody has configured it, an upgrade arrives at the hub as an ordinary request. */
  readonly upgrades?: boolean;
}

/** A running front. */
export interface WebFront {
  /** http://127.0.0.1:PORT/ */
  readonly url: string;
  /** How many requests were refused for their size. */
  readonly refused: number;
  /** From now on it does this; what is open goes on. */
  set(options: WebFrontOptions): void;
  /** Breaks all connections and stops listening. */
  close(): Promise<void>;
}

const page = "<html><head><title>413 Request Entity Too Large</title></head></html>";

/** Starts a front of the server on `port` of loopback. */
export async function startWebFront(port: number, options: WebFrontOptions): Promise<WebFront> {
  let present = options;
  let refused = 0;
  const sockets = new Set<Duplex>();
  const keep = (socket: Duplex): void => {
    sockets.add(socket);
    socket.on("error", () => undefined); // its close says enough
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((request, response) => {
    if (Number(request.headers["content-length"] ?? 0) > (present.maxBody ?? Number.POSITIVE_INFINITY)) {
      refused += 1;
      refuse(request, response);
    } else pass(request, response, port);
  });
  server.on("connection", keep);
  server.on("upgrade", (request: IncomingMessage, client: Socket, head: Buffer) => {
    const behind = connect({ host: "127.0.0.1", port });
    keep(behind);
    behind.write(headOf(request, present.upgrades !== false));
    behind.write(head);
    client.pipe(behind).pipe(client);
    client.on("close", () => behind.destroy());
    behind.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: own } = server.address() as AddressInfo; // listening on TCP, never a pipe
  return {
    url: `http://127.0.0.1:${own}/`,
    get refused() {
      return refused;
    },
    set: (next) => (present = next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** At once, as nginx does, and what is still to come is read and thrown away. */
function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(413, { "Content-Type": "text/html", Connection: "close" }).end(page);
  request.resume();
}

function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request;
  const onward = httpRequest({ host: "127.0.0.1", port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}

/** The request's head as it goes on. @param whole false: without what makes an upgrade of it */
function headOf({ method = "GET", url = "/", rawHeaders }: IncomingMessage, whole: boolean): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (whole || !/^(upgrade|connection)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  if (!whole) lines.push("Connection: close");
  return `${lines.join("\r\n")}\r\n\r\n`;
}
