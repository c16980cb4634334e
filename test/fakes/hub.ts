// A hub on loopback whose every answer can be scripted; for unit tests only.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as the hub got it. */
export interface Received {
  /** `GET`, … */
  readonly method: string;
  /** Path and query as sent, below the hub's prefix, e.g. `/hub/api/user`; `(outside) /…` for others. */
  readonly path: string;
  readonly token: string | undefined;
  readonly cookie: string | undefined;
  readonly body: string;
}

/** A scripted answer; an object is sent as JSON, `drop` cuts the connection instead, `headers` go with it. */
export interface Scripted {
  readonly status?: number;
  readonly json?: unknown;
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly drop?: boolean;
  /** Sent as server-sent events, one after the other; `hold` keeps the stream open after the last. */
  readonly events?: Iterable<unknown> | AsyncIterable<unknown>;
  readonly hold?: boolean;
}

type Script = Scripted | ((request: Received) => Scripted | undefined | Promise<Scripted | undefined>);

/** A token as the hub keeps it. */
export interface FakeToken {
  readonly id: string;
  readonly note: string;
  readonly scopes: readonly string[];
  readonly created: string;
  readonly expires_at: string | null;
}

export interface FakeServerModel {
  ready: boolean;
  pending: string | null;
  [field: string]: unknown;
}

/** Answers as a hub does for the tokens and servers it knows; `on` overrides one operation, once or for good. */
export class FakeHub {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #scripts = new Map<string, Script[]>();
  readonly received: Received[] = [];
  /** Token → user name. */
  readonly tokens = new Map<string, string>([["good-token", "ana"]]);
  /** What is known of tokens that were minted here, by token; revoked ones are gone. */
  readonly minted = new Map<string, FakeToken>();
  /** User name → password. */
  readonly passwords = new Map<string, string>([["ana", "let me in"]]);
  /** The page `hub/login`. */
  loginPage = `<form method="post"><input name="username"><input type="password" name="password"></form>`;
  /** How much the hub's clock is ahead, in milliseconds. */
  ahead = 0;
  #ids = 0;
  /** Servers of every user, by name. */
  readonly servers = new Map<string, FakeServerModel>();
  version = "6.1.0";

  private constructor(readonly prefix: string) {}

  static async start(prefix = "/"): Promise<FakeHub> {
    const hub = new FakeHub(prefix);
    await new Promise<void>((resolve) => hub.#server.listen(0, "127.0.0.1", resolve));
    return hub;
  }

  /** Base URL with trailing slash. */
  get url(): URL {
    const { port } = this.#server.address() as AddressInfo; // listening on TCP, never a pipe
    return new URL(`http://127.0.0.1:${port}${this.prefix}`);
  }

  /** Scripts `GET /hub/api/user` and the like: each answer is used once, the last one for good. */
  on(operation: string, ...answers: Script[]): this {
    this.#scripts.set(operation, answers);
    return this;
  }

  /** The server `name` is up from now on, at `url`. */
  run(url: URL, name = ""): void {
    this.servers.set(name, { ready: true, pending: null, full_url: url.href });
  }

  /** What was asked, as `GET /hub/api/user`. */
  get asked(): string[] {
    return this.received.map(({ method, path }) => `${method} ${path}`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "";
    const path = url.startsWith(this.prefix) ? `/${url.slice(this.prefix.length)}` : undefined;
    const received: Received = {
      method: request.method ?? "",
      path: path ?? `(outside) ${url}`,
      token: /^token (.*)$/.exec(request.headers.authorization ?? "")?.[1],
      cookie: request.headers.cookie,
      body: await text(request),
    };
    this.received.push(received);
    const scripts = this.#scripts.get(`${received.method} ${received.path.replace(/\?.*/, "")}`) ?? [];
    const script = scripts.length > 1 ? scripts.shift() : scripts[0];
    const answer =
      (typeof script === "function" ? await script(received) : script) ?? (path === undefined ? html404 : this.#answer(received));
    response.setHeader("Date", new Date(Date.now() + this.ahead).toUTCString());
    await send(response, answer);
  }

  #answer({ method, path, token, body }: Received): Scripted {
    if (path === "/hub/login") return { html: this.loginPage };
    if (path.startsWith("/hub/api/") && path.length === "/hub/api/".length) return { json: { version: this.version } };
    if (!path.startsWith("/hub/api/")) return html404;
    const request = body === "" ? {} : (JSON.parse(body) as MintRequest);
    const user = request.auth ? this.#userOf(request.auth) : this.tokens.get(token ?? "");
    if (user === undefined) return forbidden;
    const model = { name: user, admin: false, groups: [], servers: this.#models() };
    const bare = decodeURIComponent(path.replace(/\?.*/, ""));
    if (method === "GET" && (bare === "/hub/api/user" || bare === `/hub/api/users/${user}`)) return { json: model };
    const tokens = `/hub/api/users/${user}/tokens`;
    if (bare === tokens && method === "POST") return this.#mint(user, request);
    if (bare === tokens) return { json: { api_tokens: [...this.minted.values()] } };
    if (method === "DELETE" && bare.startsWith(tokens)) return this.#revoke(bare.slice(tokens.length + 1));
    if (method === "POST" && bare.endsWith("/tokens")) {
      return { status: 403, json: { status: 403, message: `User ${bare.split("/")[4]} not found or no permissions to generate tokens` } };
    }
    return { status: 404, json: { status: 404, message: "Not Found" } };
  }

  #userOf({ username, password }: { username: string; password: string }): string | undefined {
    const name = username.toLowerCase();
    return this.passwords.get(name) === password ? name : undefined;
  }

  #mint(user: string, { note = "", scopes = [], expires_in }: MintRequest): Scripted {
    const token = `minted-token-${++this.#ids}`;
    const now = Date.now() + this.ahead;
    const utc = (at: number): string => new Date(at).toISOString().replace("Z", "000Z");
    const ends = expires_in === undefined ? null : utc(now + expires_in * 1000);
    const model = { id: `a${this.#ids}`, note, scopes, created: utc(now), expires_at: ends };
    this.tokens.set(token, user);
    this.minted.set(token, model);
    return { status: 201, json: { ...model, user, token } };
  }

  #revoke(id: string): Scripted {
    const token = [...this.minted].find(([, model]) => model.id === id)?.[0];
    if (token === undefined) return { status: 404, json: { status: 404, message: "No such token" } };
    this.minted.delete(token);
    this.tokens.delete(token);
    return { status: 204 };
  }

  #models(): Record<string, unknown> {
    return Object.fromEntries([...this.servers].map(([name, server]) => [name, { name, url: `/user/ana/${name}`, ...server }]));
  }
}

interface MintRequest {
  readonly auth?: { readonly username: string; readonly password: string };
  readonly note?: string;
  readonly scopes?: readonly string[];
  readonly expires_in?: number;
}

export const forbidden: Scripted = { status: 403, json: { status: 403, message: "Forbidden" } };
const html404: Scripted = { status: 404, html: "<title>404</title>" };

async function send(response: ServerResponse, answer: Scripted): Promise<void> {
  if (answer.drop) {
    response.destroy();
    return;
  }
  const type = answer.events ? "text/event-stream" : answer.html === undefined ? "application/json" : "text/html";
  response.writeHead(answer.status ?? 200, { "Content-Type": type, ...answer.headers });
  response.flushHeaders();
  for await (const event of answer.events ?? []) {
    response.write(typeof event === "string" ? event : `data: ${JSON.stringify(event)}\n\n`);
  }
  if (answer.hold) return;
  response.end(answer.html ?? (answer.json === undefined ? "" : JSON.stringify(answer.json)));
}
