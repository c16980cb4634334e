// Loopback redirect (RFC 8252): a listener on this computer for the one answer of an OAuth page, and the page it shows.
// The page says how the sign-in ended: it is held until the hub has taken the code, twenty seconds at most. The listener accepts one GET of
// its own path, `Host` and `state`.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Deferred } from "../../base/async";
import { ProductError } from "../../base/errors";
import type { FlowEnd } from "./oauth";
import { loopbackPages, nothingHere, type Page } from "./loopbackPages";

/** Milliseconds for which the visitor waits for the end of the sign-in; it may take longer, and says so then. */
const holding = 20_000;
/** Milliseconds for which what was answered may still be on its way after the end. */
const parting = 2_000;
/** Connections that are accepted: browsers open a few, and nobody else has anything to ask. */
const maxConnections = 32;
/** Milliseconds that a request may take to arrive. */
const arrival = 5_000;
/** Bytes of a request's head. Browsers send the cookies of every port of this computer along. */
const maxHeaderSize = 32 * 1024;

/** The answer that is waited for under one state. */
interface Waiting {
  readonly answer: Deferred<URL>;
  /** The request that brought it, path and query; the same again is a browser that asks twice. */
  taken: string | undefined;
}

/** Waits at a loopback address. Dispose it when the flow is over. */
export class LoopbackRedirect {
  readonly #uri: URL;
  readonly #hosts: ReadonlySet<string>;
  readonly #servers: Server[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #end = new Deferred<FlowEnd | undefined>();

  private constructor(uri: URL) {
    this.#uri = uri;
    this.#hosts = new Set([uri.host, `${uri.hostname}:${portOf(uri)}`]);
  }

  /**
   * Listens at `uri`, whose host is loopback and whose port was registered with the hub. Where that is `localhost` a
   * browser may mean either of two addresses: both are listened at, so that no other program is given the answer
   * (RFC 8252, 8.3).
   * @throws ProductError `usage` where something else listens there, `unsupported` where the system lets nobody listen
   */
  static async listen(uri: URL): Promise<LoopbackRedirect> {
    const redirect = new LoopbackRedirect(uri);
    try {
      const addresses = addressesOf(uri);
      let missing: unknown;
      for (const address of addresses) missing = (await redirect.#listen(address, addresses.length > 1)) ?? missing;
      if (redirect.#servers.length === 0) throw refused(uri, addresses.join(" and "), missing);
      return redirect;
    } catch (error) {
      redirect.dispose();
      throw error;
    }
  }

  /** The address that the hub's page led back to with this state. */
  answer(state: string): Promise<URL> {
    const waiting = this.#waiting.get(state) ?? { answer: new Deferred<URL>(), taken: undefined };
    this.#waiting.set(state, waiting);
    return waiting.answer.promise;
  }

  /** How the flow ended, for the page that the user sees. */
  ended(end: FlowEnd): void {
    this.#end.resolve(end);
  }

  /** Nothing is received any more. Whoever waits for a page still gets it. */
  dispose(): void {
    this.#waiting.clear();
    this.#end.resolve(undefined);
    for (const server of this.#servers) {
      server.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), parting).unref();
    }
  }

  /** Where it listens. */
  get uri(): URL {
    return this.#uri;
  }

  /** @returns the reason where this computer does not have `address`, and need not */
  async #listen(address: string, isOneOfMany: boolean): Promise<unknown> {
    const server = createServer({ maxHeaderSize, headersTimeout: arrival, requestTimeout: arrival, connectionsCheckingInterval: 1_000 });
    server.maxConnections = maxConnections;
    server.on("request", (request, response) => void this.#serve(request, response));
    server.on("connect", (_, socket) => socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    const failure = await new Promise<unknown>((resolve) => {
      server.once("error", resolve);
      server.listen({ host: address, port: portOf(this.#uri), exclusive: true }, () => resolve(undefined));
    });
    if (failure === undefined) {
      this.#servers.push(server);
      return undefined;
    }
    if (isOneOfMany && isMissing(failure)) return failure;
    throw refused(this.#uri, address, failure);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const waiting = this.#waitingFor(request);
    if (!waiting) {
      show(response, nothingHere);
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), holding)));
    const end = await Promise.race([this.#end.promise, patience]);
    clearTimeout(timer);
    show(response, loopbackPages[end ?? "open"]);
  }

  /** Takes the answer that a request brings; undefined for a request that brings none. */
  #waitingFor({ method, url = "", headers }: IncomingMessage): Waiting | undefined {
    const at = url.indexOf("?");
    const path = at < 0 ? url : url.slice(0, at);
    // Another name of this computer in `Host` is a page of the web that has its own name lead here.
    if (method !== "GET" || path !== this.#uri.pathname || !this.#hosts.has(headers.host?.toLowerCase() ?? "")) return undefined;
    const query = at < 0 ? "" : url.slice(at);
    const [state, ...others] = new URLSearchParams(query).getAll("state");
    const waiting = state === undefined || others.length > 0 ? undefined : this.#waiting.get(state);
    if (!waiting || (waiting.taken !== undefined && waiting.taken !== url)) return undefined;
    waiting.taken = url;
    const answer = new URL(this.#uri);
    answer.search = query;
    waiting.answer.resolve(answer);
    return waiting;
  }
}

function show(response: ServerResponse, { status, html }: Page): void {
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(html),
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    Connection: "close",
  });
  response.end(html);
}

function portOf(uri: URL): number {
  return Number(uri.port || "80");
}

/** The addresses that a browser may mean by a loopback host. */
function addressesOf({ hostname }: URL): readonly string[] {
  if (hostname.startsWith("[")) return [hostname.slice(1, -1)];
  return /^127(\.\d+){3}$/.test(hostname) ? [hostname] : ["127.0.0.1", "::1"];
}

/** Whether this computer does not have the address at all, so that no program can listen at it. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT"].includes(String(error.code));
}

function refused(uri: URL, address: string, cause: unknown): ProductError {
  const port = portOf(uri);
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EACCES" || (cause !== undefined && isMissing(cause))) {
    const why =
      code === "EACCES" ? `programs of yours may not listen at port ${port}` : `this computer does not have the address ${address}`;
    return new ProductError(
      "unsupported",
      `Nothing can be received at ${uri.origin}: ${why}. Ask the hub's administrator to register another redirect address, or sign in with a token.`,
      { cause },
    );
  }
  return new ProductError(
    "usage",
    `Nothing can be received at ${uri.origin}: is another sign-in open, or does another program use port ${port} of ${address}? Close it and try again.`,
    { cause },
  );
}
