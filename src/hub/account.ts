// Account: one signed-in identity on one hub; its token's life from sign-in over renewals to sign-out.
import { systemClock, type Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";
import { ConnectError, hasCode, HttpError } from "../base/errors";
import { Emitter, type Event } from "../base/event";
import { fixedToken, serverSettings, type ServerSettings, type ServerSettingsOptions, type TokenProvider } from "../transport/settings";
import { HubClient } from "./client";
import { hubName } from "./hubName";
import type { TokenTerms } from "./mint";
import { PlainServerClient } from "./plainServer";
import type { Secret } from "./secret";
import { Shares } from "./shares";
import { StoredToken, type TokenStore } from "./storedToken";

export type { TokenStore } from "./storedToken";

export type AccountState = "signed-in" | "signed-out";

export interface AccountOptions {
  /** Hub base URL, with trailing slash. */
  readonly hub: URL;
  /** "" for a Jupyter server without a hub, whose base URL `hub` is then. */
  readonly userName: string;
  readonly store: TokenStore;
  /** How the token is renewed; without, it is not. */
  readonly terms?: (() => TokenTerms) | undefined;
  readonly clock?: Clock;
  /** Of the requests to the hub: agent, fetch, log, timeouts. */
  readonly settings?: Partial<Omit<ServerSettingsOptions, "baseUrl" | "token" | "label">>;
}

/** The same for one user of one hub in every window and session. */
export function accountId(hub: URL, userName: string): string {
  return `${hub.href}#${encodeURIComponent(userName)}`;
}

/** The user and hub of `accountId`; undefined for what is none. */
export function accountOf(id: string): { readonly hub: URL; readonly userName: string } | undefined {
  const [, hub = "", user = ""] = /^(https?:[^#]*\/)#(.*)$/.exec(id) ?? [];
  if (!URL.canParse(hub)) return undefined;
  try {
    return { hub: new URL(hub), userName: decodeURIComponent(user) };
  } catch {
    return undefined; // a stray percent sign: not one of ours
  }
}

/**
 * One user of one hub. Gives the token to every request of this user, to the hub and to the user's servers alike.
 * The store is asked each time, so that a token that another window replaced is used from the next request on.
 * What becomes of it is `StoredToken`'s.
 */
export class Account implements TokenProvider, Disposable {
  readonly id: string;
  readonly hub: URL;
  readonly userName: string;
  /** `ana @ hub.example.org`, with the hub's prefix where it has one. */
  readonly label: string;
  readonly client: HubClient;
  readonly shares: Shares;
  readonly #token: StoredToken;
  readonly #settings: ServerSettings;
  readonly #onDidChangeState: Emitter<AccountState>;
  readonly #subscription: Disposable | undefined;
  readonly #checks = new Map<string, Promise<"valid" | "replaced" | "invalid">>();
  /** The token that the hub has refused: it is not sent again. */
  #refused: string | undefined;
  #state: AccountState = "signed-in";

  constructor(options: AccountOptions) {
    const { hub, userName, store, terms, clock = systemClock } = options;
    this.hub = hub;
    this.userName = userName;
    this.id = accountId(hub, userName);
    this.label = userName === "" ? hubName(hub) : `${userName} @ ${hubName(hub)}`;
    const settings = serverSettings({ ...options.settings, baseUrl: hub, token: this, label: this.label });
    this.#token = new StoredToken({ id: this.id, userName, store, terms, clock, settings });
    this.#settings = this.#token.settings;
    this.client = this.#clientWith(this.#settings);
    this.shares = new Shares({
      ...{ client: this.client, userName },
      secret: () => this.#token.read(),
      widen: (scopes) => this.widen(scopes),
    });
    this.#onDidChangeState = new Emitter(this.#settings.log);
    this.#subscription = store.onDidChange?.(async (id) => {
      if (id !== this.id) return;
      await this.#stored();
      await this.#token.follow();
    });
  }

  /** Whether it is a user of a hub, and not a Jupyter server on its own. */
  get isOnHub(): boolean {
    return this.userName !== "";
  }

  /** Its page for people. */
  get home(): URL {
    return this.isOnHub ? new URL("hub/home", this.hub) : this.hub;
  }

  /** What is known: an account counts as signed in until its token is gone or refused. */
  get state(): AccountState {
    return this.#state;
  }

  /** Fires when `state` changes. */
  get onDidChangeState(): Event<AccountState> {
    return this.#onDidChangeState.event;
  }

  /**
   * The token to send.
   * @throws ConnectError `signed-out` where there is none, or only one that the hub has refused.
   */
  async current(): Promise<string> {
    const secret = await this.#stored();
    if (secret !== undefined && secret.token !== this.#refused) {
      this.#token.use(secret);
      return secret.token;
    }
    throw new ConnectError("signed-out", `You are signed out of ${this.isOnHub ? `${hubName(this.hub)} as ${this.userName}` : this.label}. Sign in again.`);
  }

  /** The session of the hub's pages, from signing in with a password; undefined where there is none. */
  async pageCookies(): Promise<string | undefined> {
    return (await this.#stored())?.pageCookies;
  }

  /**
   * Whether the token that some request was refused with still holds; concurrent questions share one request.
   * @throws ConnectError where the hub cannot be asked: that is no sign-out.
   */
  check(refused: string): Promise<"valid" | "replaced" | "invalid"> {
    const running = this.#checks.get(refused);
    if (running) return running;
    const check = this.#check(refused).finally(() => this.#checks.delete(refused));
    this.#checks.set(refused, check);
    return check;
  }

  /** Keeps `secret`, which the hub has accepted, as this account's own from now on; what it replaces is revoked. */
  async signIn(secret: Secret): Promise<void> {
    // The same token again, now that the hub has taken it: it may be sent again.
    if (secret.token === this.#refused) this.#refused = undefined;
    await this.#token.put(secret);
    await this.#stored();
  }

  /**
   * Has the token hold `scopes` too, by another in its place; one that was given stays as it is.
   * @throws HttpError where the hub refuses: it does not know them, or the person does not have them
   */
  async widen(scopes: readonly string[]): Promise<void> {
    // Another window, or another wish for more, may be faster with a token that lacks what is asked for here.
    for (let attempt = 0; attempt < 3; attempt++) {
      const secret = await this.#stored();
      if (secret?.origin !== "minted" || scopes.every((scope) => secret.scopes?.includes(scope))) return;
      await this.#token.renew(secret, scopes);
    }
  }

  /**
   * Forgets the token, and revokes it where it was minted for us.
   * @returns whether no token of ours is left on the hub; false where the hub could not be told
   */
  async signOut(): Promise<boolean> {
    const gone = await this.#token.remove();
    this.#become("signed-out");
    return gone;
  }

  dispose(): void {
    this.#token.dispose();
    this.#subscription?.dispose();
    this.#onDidChangeState.dispose();
  }

  async #check(refused: string): Promise<"valid" | "replaced" | "invalid"> {
    const before = await this.#stored();
    if (before === undefined) return "invalid";
    if (before.token !== refused) return "replaced";
    if (refused === this.#refused) return "invalid";
    if (await this.#holds(refused)) return "valid";
    // Another window may have signed in while the hub was asked.
    const after = await this.#token.read();
    if (after !== undefined && after.token !== refused) return "replaced";
    this.#refused = refused;
    this.#become("signed-out");
    return "invalid";
  }

  /** Asks the hub. A refusal that is not the hub's own (a network's sign-in page, a proxy) proves nothing. */
  async #holds(token: string): Promise<boolean> {
    const asking = this.#clientWith({ ...this.#settings, token: fixedToken(token) });
    try {
      await asking.user();
      return true;
    } catch (error) {
      if (!hasCode(error, "signed-out")) throw error;
      if (error instanceof HttpError && (error.status === 401 || error.status === 403) && isJson(error.body)) return false;
      throw new ConnectError(
        "unreachable",
        `Something on the network answers instead of ${hubName(this.hub)}, perhaps a sign-in page of the network or a proxy. Check your connection or VPN and try again.`,
        { cause: error },
      );
    }
  }

  #clientWith(settings: ServerSettings): HubClient {
    return this.isOnHub ? new HubClient(settings) : new PlainServerClient(settings);
  }

  /** The stored secret; the state follows it. */
  async #stored(): Promise<Secret | undefined> {
    const secret = await this.#token.read();
    this.#become(secret === undefined || secret.token === this.#refused ? "signed-out" : "signed-in");
    return secret;
  }

  #become(state: AccountState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onDidChangeState.fire(state);
  }
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}
