// A hub or server as it is, but for some answers of its own: in front of a real one, seeing every secret that passes.
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** What it says itself, as JSON. */
export interface OwnAnswer {
  readonly status: number;
  readonly json: unknown;
}

/** A running front. */
export interface HostileFront {
  /** Its address, with trailing slash. */
  readonly url: string;
  /** Requests as `GET /hub/api/user`, without their queries. */
  readonly asked: readonly string[];
  /** Tokens that clients sent, each once. */
  readonly tokens: ReadonlySet<string>;
  /** The values of cookies that were set or sent, by `NAME=VALUE`. */
  readonly cookies: ReadonlySet<string>;
  /** From now on it answers requests that match by itself; without an answer it passes them on again. */
  say(operation: RegExp, answer?: OwnAnswer): void;
  stop(): Promise<void>;
}

/** Starts one on loopback, in front of the server at `target` (http). */
export async function startHostileFront(target: URL): Promise<HostileFront> {
  const asked: string[] = [];
  const tokens = new Set<string>();
  const cookies = new Set<string>();
  const own = new Map<string, { readonly operation: RegExp; readonly answer: OwnAnswer }>();
  const sockets = new Set<Duplex>();
  const note = (incoming: IncomingMessage): string => {
    const operation = `${incoming.method} ${(incoming.url ?? "").replace(/\?.*/, "")}`;
    asked.push(operation);
    const token = /^(?:token|bearer) (\S+)$/i.exec(incoming.headers.authorization ?? "")?.[1];
    if (token !== undefined) tokens.add(token);
    for (const cookie of (incoming.headers.cookie ?? "").split("; ").filter(Boolean)) cookies.add(cookie);
    return operation;
  };
  const server = createServer((incoming, outgoing) => {
    const operation = note(incoming);
    const said = [...own.values()].find((each) => each.operation.test(operation))?.answer;
    if (said) {
      incoming.resume();
      outgoing.writeHead(said.status, { "Content-Type": "application/json" }).end(JSON.stringify(said.json));
      return;
    }
    passOn(target, incoming, outgoing, (line) => cookies.add(line));
  });
  server.on("connection", (socket) => keep(sockets, socket));
  server.on("upgrade", (incoming, socket, head) => {
    note(incoming);
    const behind = connect({ host: target.hostname, port: Number(target.port) });
    keep(sockets, behind);
    behind.write([`${incoming.method} ${incoming.url} HTTP/1.1`, ...headerLines(incoming), "", ""].join("\r\n"));
    behind.write(head);
    socket.pipe(behind).pipe(socket);
    socket.on("close", () => behind.destroy());
    behind.on("close", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // listening on TCP, never a pipe
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    ...{ asked, tokens, cookies },
    say: (operation, answer) => {
      if (answer) own.set(operation.source, { operation, answer });
      else own.delete(operation.source);
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, onCookie: (pair: string) => void): void {
  const behind = request(
    { host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers: incoming.headers },
    (answer) => {
      for (const line of answer.headers["set-cookie"] ?? []) onCookie(line.split(";")[0] ?? "");
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    },
  );
  behind.on("error", () => outgoing.destroy());
  outgoing.on("close", () => behind.destroy());
  incoming.pipe(behind);
}

function headerLines({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []));
}

function keep(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.on("error", () => undefined); // its close says enough
  socket.on("close", () => sockets.delete(socket));
}
