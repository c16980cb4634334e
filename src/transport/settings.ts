// ServerSettings: everything a request to one server needs, accepted by every function and class of the services.
import type { Agent } from "node:http";
import WebSocket from "ws";
import { ProductError } from "../base/errors";
import { nullLogger, type Logger } from "../base/log";
import { fetch } from "./fetch";
import type { Fetch } from "./fetchTypes";
import type { TlsProvider } from "./tls/tls";

/** Gives the token for each request, and a new one when a server refuses it. */
export interface TokenProvider {
  /** The token to send now, or a session (`credentialHeaders`); undefined sends none. */
  current(): Promise<string | undefined>;
  /**
   * Called when a request with `refused` was answered by 401 or 403: whether that token still holds.
   * `valid`: the token is good, the thing is forbidden. `replaced`: `current()` has a new one, try again.
   * `invalid`: signed out.
   */
  check(refused: string): Promise<"valid" | "replaced" | "invalid">;
}

/** Bounds in milliseconds. */
export interface Timeouts {
  /** From sending an HTTP request to the end of its answer, unless the request gives its own. */
  readonly request: number;
  /** From opening a websocket to its handshake's end. */
  readonly handshake: number;
  /** How long a websocket with an open request may be silent after a ping before it counts as dead. */
  readonly liveness: number;
  /** How long a kernel that has nothing to do may take to answer before it is asked again. */
  readonly answer: number;
  /** The first pause before a failed HTTP request is repeated; it doubles from then on. */
  readonly retry: number;
}

/** Settings of one server: a hub, or a user's single server. Made by `serverSettings`. */
export interface ServerSettings {
  /** Where it is, with a trailing slash, e.g. `https://hub.example.org/user/ana/`. */
  readonly baseUrl: URL;
  /** The same for websockets. */
  readonly wsUrl: URL;
  /** How messages name it, e.g. `ana @ hub.example.org`. */
  readonly label: string;
  readonly token: TokenProvider;
  /**
   * The only part of the server that the token is sent to: a path relative to `baseUrl`, with a trailing slash, e.g.
   * `hub/api/`. Empty for all below `baseUrl`; elsewhere no token goes in any case. Requests with a token to another
   * part fail with `address`, those without one pass.
   */
  readonly tokenPath: string;
  /** Sent with every request beside the Authorization header. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  /** Certificates for https and wss alike; none of its own unless told. */
  readonly tls: TlsProvider;
  /** Agent for HTTP and websockets alike; undefined means Node's own. In VS Code its own takes the place of any. */
  readonly agent: Agent | undefined;
  readonly fetch: Fetch;
  readonly WebSocket: typeof WebSocket;
  readonly log: Logger;
}

/** Arguments of `serverSettings`; all but the address have defaults. */
export interface ServerSettingsOptions extends Partial<Omit<ServerSettings, "baseUrl" | "wsUrl" | "token" | "timeouts">> {
  readonly baseUrl: string | URL;
  readonly wsUrl?: string | URL;
  /** A fixed token, or a provider. */
  readonly token?: string | TokenProvider;
  readonly timeouts?: Partial<Timeouts>;
}

const defaultTimeouts: Timeouts = { request: 30_000, handshake: 20_000, liveness: 15_000, answer: 2_500, retry: 300 };

/**
 * Completes settings with defaults.
 * @throws ProductError `address` where baseUrl is no http(s) URL.
 */
export function serverSettings(options: ServerSettingsOptions): ServerSettings {
  const baseUrl = directoryUrl(options.baseUrl);
  const wsUrl = directoryUrl(options.wsUrl ?? baseUrl);
  wsUrl.protocol = wsUrl.protocol.replace("http", "ws");
  return {
    baseUrl,
    wsUrl,
    label: options.label ?? baseUrl.host,
    token: typeof options.token === "object" ? options.token : fixedToken(options.token),
    tokenPath: (options.tokenPath ?? "").replace(/[^/]$/, "$&/"),
    // Some firewalls turn away who does not say what it is.
    headers: { "User-Agent": "JupyterHub Connect", ...options.headers },
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    tls: options.tls ?? (() => Promise.resolve(undefined)),
    agent: options.agent,
    fetch: options.fetch ?? fetch,
    WebSocket: options.WebSocket ?? WebSocket,
    log: options.log ?? nullLogger,
  };
}

/** A provider of one token that nobody can replace. */
export function fixedToken(token: string | undefined): TokenProvider {
  return { current: () => Promise.resolve(token), check: () => Promise.resolve("invalid") };
}

function directoryUrl(address: string | URL): URL {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  if (!url || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new ProductError("address", `“${String(address)}” is not an http(s) address of a server.`);
  }
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  url.search = "";
  url.hash = "";
  return url;
}
