// HubClient: the hub's REST API, one method per operation.
import * as v from "valibot";
import { ProductError, hasCode, HttpError } from "../../base/errors";
import { jsonIn } from "../../base/json";
import { megabyte } from "../../transport/body";
import { eventsIn } from "../../transport/eventStream";
import { streamText } from "../../transport/http";
import { reasonIn } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import * as model from "./model";
import { request, requestJson } from "./request";

/** Every method can be aborted. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Fields of a new token; all but the note may be left to the hub's defaults. */
export interface TokenRequest {
  /** Shown in the hub's list of tokens. */
  readonly note: string;
  /** Seconds until it ends. */
  readonly expiresIn?: number;
  readonly scopes?: readonly string[];
  /** Credentials of the user, instead of the settings' token: the hub gives them to its authenticator. A secret, sent once. */
  readonly auth?: PasswordLogin;
}

/** Fields of the hub's sign-in page. */
export interface PasswordLogin {
  readonly username: string;
  readonly password: string;
  /** One-time code and whatever else the page asks for, by field name. */
  readonly [field: string]: string;
}

/** Options of a start or creation; what is left out is as the last time. */
export interface ServerStartOptions {
  /** `user_options` for the spawner. */
  readonly userOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Display name of a named server; hubs before 6 have no such thing. */
  readonly displayName?: string | undefined;
}

/** How the hub took a request to start a server. */
export type StartAnswer =
  | { readonly state: "running" | "starting" }
  /** Too many servers are starting (429, the hub's rate limit): retry after this many seconds. */
  | { readonly state: "queued"; readonly retryAfter: number };

/** How the hub took a request to stop a server; `busy`: it is starting, and can be stopped only after that. */
export type StopAnswer = "stopped" | "stopping" | "busy";

/** The hub answers a start after ten seconds at most (`slow_spawn_timeout`), loaded ones later. */
const startTimeout = 60_000;

/** Entries of one page of a list; hubs give 200 at most unless they are configured otherwise. */
const pageSize = 200;
/** Pages that are asked for of one list. */
const maxPages = 50;

/**
 * Speaks to one hub. `settings.baseUrl` is the hub's base URL (what stands before `hub/`).
 *
 * Every method throws ProductError or HttpError as `request` does; a server name is "" for the default server.
 * https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
 */
export class HubClient {
  #version: Promise<number> | undefined;

  constructor(readonly settings: ServerSettings) {}

  /** `GET /`: which hub it is; sends no token. */
  info(options: CallOptions = {}): Promise<model.HubInfo> {
    return requestJson(this.settings, "hub/api/", model.hubInfo, { ...options, anonymous: true });
  }

  /** The hub's major version; asked once. */
  majorVersion(options: CallOptions = {}): Promise<number> {
    const asked = (this.#version ??= this.info(options).then(({ version }) => Number.parseInt(version, 10)));
    asked.catch(() => (this.#version = undefined));
    return asked;
  }

  /** `GET /user`: whose token it is. */
  user(options: CallOptions = {}): Promise<model.HubUser> {
    return requestJson(this.settings, "hub/api/user", model.hubUser, options);
  }

  /**
   * `GET /users/NAME`: the user's servers, stopped named ones included; a stopped default server may be missing.
   * @throws ProductError `forbidden` where the token may not see servers.
   */
  async getServers(user: string, options: CallOptions = {}): Promise<readonly model.HubServer[]> {
    const query = { include_stopped_servers: true };
    const { servers } = await requestJson(this.settings, userPath(user), model.hubUser, { ...options, query });
    if (servers !== null) return Object.entries(servers).map(([name, server]) => ({ ...server, name }));
    throw new ProductError(
      "forbidden",
      `The token for ${this.settings.label} may not list servers. Sign in with a token that has the scope read:users!user or inherits all of your permissions.`,
    );
  }

  /**
   * `GET /users/NAME/shared`: servers of others that the user may use, from all pages of the hub's list.
   * @returns none where the hub has no shares (before 5) or the token may not see them
   */
  async sharedServers(user: string, options: CallOptions = {}): Promise<readonly model.SharedServer[]> {
    const found: model.SharedServer[] = [];
    try {
      for (let page = 0, offset = 0; page < maxPages; page++) {
        // The hub may give fewer at once, and says where the next ones begin.
        const query = { limit: pageSize, ...(offset > 0 && { offset }) };
        const { items, _pagination } = await requestJson(this.settings, `${userPath(user)}/shared`, model.sharedServers, {
          ...options,
          query,
        });
        found.push(...items);
        const next = _pagination?.next?.offset ?? 0;
        if (next <= offset) return found;
        offset = next;
      }
    } catch (error) {
      if (hasCode(error, "not-found", "forbidden")) return [];
      throw error;
    }
    this.settings.log.warn(`${this.settings.label} lists more shared servers than are shown: the first ${found.length}`);
    return found;
  }

  /**
   * `POST /users/NAME/server(s/SERVER)`: asks for a start. Without user options the hub takes those of the last time.
   * @throws HttpError `start-failed` where the hub refuses at once; its reason is in the message.
   */
  async startServer(user: string, server: string, start: ServerStartOptions = {}, options: CallOptions = {}): Promise<StartAnswer> {
    const body = await this.#startBody(server, start, options);
    const answer = await request(this.settings, serverPath(user, server), {
      ...options,
      method: "POST",
      ...(body && { body }),
      timeout: startTimeout,
      allow: [400, 429, 500],
    });
    const reason = reasonIn(answer.text);
    if (answer.status === 201) return { state: "running" };
    if (answer.status === 202) return { state: "starting" };
    if (answer.status === 400 && /already running/i.test(reason)) return { state: "running" };
    if (answer.status === 400 && /is pending|already pending/i.test(reason)) return { state: "starting" };
    const retryAfter = Number(answer.headers.get("retry-after") ?? Number.NaN);
    if (answer.status === 429 && Number.isFinite(retryAfter)) return { state: "queued", retryAfter };
    const message = refusedStart(this.settings, server, reason === "" ? `error ${answer.status}` : reason);
    throw new HttpError("start-failed", message, answer.status, answer.text.slice(0, 2_000));
  }

  /**
   * The request body for these options. Before hub 6 the body is the user options themselves; from 6 on it may hold
   * them under a name, which is needed for a display name, and for options that an older body could not say.
   */
  async #startBody(server: string, { userOptions, displayName }: ServerStartOptions, options: CallOptions): Promise<object | undefined> {
    const named = server !== "" && displayName !== undefined;
    const ambiguous =
      userOptions && (Object.keys(userOptions).length === 0 || "user_options" in userOptions || "display_name" in userOptions);
    if ((!named && !ambiguous) || (await this.majorVersion(options)) < 6) return userOptions;
    return { ...(named && { display_name: displayName }), ...(userOptions && { user_options: userOptions }) };
  }

  /** `DELETE /users/NAME/server(s/SERVER)`: asks for a stop; one that is not there counts as stopped. */
  async stopServer(user: string, server: string, options: CallOptions = {}): Promise<StopAnswer> {
    return this.#remove(user, server, undefined, options);
  }

  /** As `stopServer`, and the hub forgets a named server and its options. */
  async deleteServer(user: string, server: string, options: CallOptions = {}): Promise<StopAnswer> {
    return this.#remove(user, server, { remove: true }, options);
  }

  async #remove(user: string, server: string, body: object | undefined, options: CallOptions): Promise<StopAnswer> {
    try {
      const path = serverPath(user, server);
      const answer = await request(this.settings, path, { ...options, method: "DELETE", ...(body && { body }), timeout: startTimeout });
      return answer.status === 202 ? "stopping" : "stopped";
    } catch (error) {
      if (hasCode(error, "not-found")) return "stopped";
      if (error instanceof HttpError && error.status === 400) {
        const reason = reasonIn(error.body);
        if (/is not running/i.test(reason)) return "stopped";
        if (/pending/i.test(reason)) return "busy";
      }
      throw error;
    }
  }

  /**
   * `GET /users/NAME/server(s/SERVER)/progress`: what the hub reports while the server starts. Ends after `ready` or
   * `failed`, when the hub closes the stream, or when `signal` aborts. It may be silent for long: bound the wait.
   * @throws HttpError where the server is not starting (status 400); ProductError `too-large`, see `eventsIn`.
   */
  async *progress(user: string, server: string, options: CallOptions = {}): AsyncGenerator<model.ProgressEvent> {
    const { label, log } = this.settings;
    const path = `${serverPath(user, server)}/progress`;
    const stream = streamText(this.settings, path, { ...options, accept: "text/event-stream", maxBytes: megabyte });
    for await (const data of eventsIn(stream, `${label} answered ${path}`)) {
      const event = v.safeParse(model.progressEvent, jsonIn(data), { abortEarly: true });
      if (!event.success) {
        log.debug(`${label}: a progress event in an unknown form`, data);
        continue;
      }
      yield event.output;
      if (event.output.ready || event.output.failed) return;
    }
  }

  /** `GET /users/NAME/tokens`: the user's tokens, without the tokens themselves. */
  async getTokens(user: string, options: CallOptions = {}): Promise<readonly model.HubToken[]> {
    return (await requestJson(this.settings, `${userPath(user)}/tokens`, model.hubTokens, options)).api_tokens;
  }

  /**
   * `POST /users/NAME/activity`: reports that a server was in use at `at`, which keeps it from being culled as idle.
   * @throws ProductError `forbidden` where the token lacks the scope users:activity!user
   */
  async reportActivity(user: string, server: string, at: Date, options: CallOptions = {}): Promise<void> {
    const body = { servers: { [server]: { last_activity: at.toISOString() } } };
    await request(this.settings, `${userPath(user)}/activity`, { ...options, method: "POST", body });
  }

  /**
   * `POST /users/NAME/tokens`: mints a token; the answer holds it, once.
   * @throws HttpError with the hub's reason, e.g. 400 for scopes that the asking token does not hold; `signed-out` for
   * a password that is not taken.
   */
  async createToken(user: string, token: TokenRequest, options: CallOptions = {}): Promise<model.NewHubToken> {
    const body = {
      ...(token.auth && { auth: token.auth }),
      note: token.note,
      ...(token.expiresIn !== undefined && { expires_in: token.expiresIn }),
      ...(token.scopes && { scopes: token.scopes }),
    };
    return requestJson(this.settings, `${userPath(user)}/tokens`, model.newHubToken, {
      ...options,
      method: "POST",
      body,
      anonymous: token.auth !== undefined,
    });
  }

  /** `DELETE /users/NAME/tokens/ID`: revokes a token; one that is gone already is fine. */
  async deleteToken(user: string, id: string, options: CallOptions = {}): Promise<void> {
    await request(this.settings, `${userPath(user)}/tokens/${encodeName(id)}`, { ...options, method: "DELETE", allow: [404] });
  }
}

/** How sentences name a server. */
export function serverTitle(server: string): string {
  return server === "" ? "your server" : `the server “${server}”`;
}

/** The rule of hub 6 and later; earlier ones take all but "/". */
const serverNameRule =
  "Choose a name of small letters and digits, at most 30, that begins with a letter, with single hyphens between them.";

function refusedStart(settings: ServerSettings, server: string, reason: string): string {
  const what = `${settings.label} did not start ${serverTitle(server)}: ${reason.replace(/\.$/, "")}.`;
  if (/^invalid server_name/i.test(reason)) {
    return `${what} ${serverNameRule}`;
  }
  const page = new URL("hub/home", settings.baseUrl).href;
  return `${what} Try again; if it stays so, look at ${page} or ask the hub's administrator.`;
}

function userPath(user: string): string {
  return `hub/api/users/${encodeName(user)}`;
}

function serverPath(user: string, server: string): string {
  return `${userPath(user)}/${server === "" ? "server" : `servers/${encodeName(server)}`}`;
}
