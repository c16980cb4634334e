// What visits the listener of a sign-in: a browser, and other programs.
import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a browser shows. */
export interface Shown {
  readonly status: number;
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly address?: string;
}

/** Sends a request as it stands, to whatever `address` listens at the port of `uri`. */
export function askAt(uri: URL, path: string, options: AskOptions = {}): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const { method = "GET", address = "127.0.0.1", headers = { Host: uri.host } } = options;
    const sent = request({ host: address, port: uri.port, path, method, headers, agent: false }, (response: IncomingMessage) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.on("error", reject).end();
  });
}

/** Sends bytes, and gives what comes until the connection ends. */
export function sayTo(uri: URL, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(uri.port), "127.0.0.1", () => socket.write(bytes));
    let said = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => (said += chunk));
    socket.on("error", () => undefined).on("close", () => resolve(said));
  });
}

export async function hasIPv6(): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(0, "::1", () => {
      const { address } = server.address() as AddressInfo; // listening on TCP
      server.close(() => resolve(address === "::1"));
    });
  });
}
