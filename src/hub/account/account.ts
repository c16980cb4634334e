// Account: one signed-in identity on one hub; the life of its hub token from sign-in over renewals to sign-out.
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { Emitter, type Event } from "../../base/event";
import { fixedToken, serverSettings, type ServerSettings, type ServerSettingsOptions, type TokenProvider } from "../../transport/settings";
import { HubClient } from "../api/client";
import { HubClock } from "../api/hubClock";
import { hubName } from "../api/hubName";
import { HubToken } from "./hubToken";
import type { TokenTerms } from "./mint";
import { PageSession } from "./pageSession";
import { PlainServerClient } from "../api/plainServer";
import type { TokenRecord } from "./tokenRecord";
import type { ServerIdentity } from "./serverToken";
import { ServerTokens } from "./serverTokens";
import { Shares } from "../api/shares";
import type { TokenStore } from "./storedToken";
import { ownerOfToken, TokenChecks, type Verdict } from "./tokenCheck";

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

/** The user and hub of `accountId`; undefined for what is none, such as a server's id. */
export function accountOf(id: string): { readonly hub: URL; readonly userName: string } | undefined {
  const [, hub = "", user = ""] = /^(https?:[^#]*\/)#([^/]*)$/.exec(id) ?? [];
  if (!URL.canParse(hub)) return undefined;
  try {
    return { hub: new URL(hub), userName: decodeURIComponent(user) };
  } catch {
    return undefined; // a stray percent sign: not one of ours
  }
}

/**
 * One user of one hub. Gives the hub token to requests to the hub, and each server's own token to requests to that server.
 * The store is asked each time, so that a token that another window replaced is used from the next request on.
 * The life of a token is `StoredToken`'s.
 */
export class Account implements TokenProvider, Disposable {
  readonly id: string;
  readonly hub: URL;
  readonly userName: string;
  /** `ana @ hub.example.org`, with the hub's prefix where it has one. */
  readonly label: string;
  readonly client: HubClient;
  readonly shares: Shares;
  /** The session of the hub's pages, where the user has just signed in with a password. */
  readonly pageSession: PageSession;
  readonly #token: HubToken;
  readonly #serverTokens: ServerTokens;
  readonly #settings: ServerSettings;
  readonly #onDidChangeState: Emitter<AccountState>;
  readonly #subscription: Disposable | undefined;
  readonly #checks = new TokenChecks();
  /** The token that the hub has refused: it is not sent again. */
  #refused: string | undefined;
  #state: AccountState = "signed-in";

  constructor(options: AccountOptions) {
    const { hub, userName, store, terms, clock = systemClock } = options;
    this.hub = hub;
    this.userName = userName;
    this.id = accountId(hub, userName);
    this.label = userName === "" ? hubName(hub) : `${userName} @ ${hubName(hub)}`;
    this.pageSession = new PageSession(clock);
    const tokenPath = this.isOnHub ? "hub/api/" : "";
    const hubClock = new HubClock(serverSettings({ ...options.settings, baseUrl: hub, token: this, tokenPath, label: this.label }), clock);
    const settings = (this.#settings = hubClock.settings);
    this.#token = new HubToken({ id: this.id, userName, store, terms, clock, hubClock, settings });
    this.#serverTokens = new ServerTokens({
      ...{ accountId: this.id, userName, store, clock, hubClock, terms, hub: settings, settings: options.settings ?? {} },
      hubToken: () => this.#current(),
      checkHubToken: (refused) => this.check(refused),
    });
    this.client = this.#clientWith(settings);
    this.shares = new Shares({
      ...{ client: this.client, userName },
      secret: () => this.#token.read(),
      widen: (scopes) => this.widen(scopes),
    });
    this.#onDidChangeState = new Emitter(settings.log);
    this.#subscription = store.onDidChange?.(async (id) => {
      if (id !== this.id) return this.#serverTokens.follow(id);
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
   * The hub token, for requests to the hub's API.
   * @throws ProductError `signed-out` where there is none, or only one that the hub has refused.
   */
  async current(): Promise<string> {
    return (await this.#current()).token;
  }

  /** Settings of requests to one of the account's servers at `url`; a server without a hub takes what the account has. */
  serverSettings(server: ServerIdentity, url: URL, label: string): ServerSettings {
    if (!this.isOnHub) return serverSettings({ ...this.#settings, baseUrl: url, wsUrl: url, label });
    return this.#serverTokens.settings(server, url, label);
  }

  /** Adds `scopes` to the hub token, as `HubToken.widen`. */
  widen(scopes: readonly string[]): Promise<void> {
    return this.#token.widen(scopes);
  }

  /** Revokes and forgets the token of a server that was deleted. */
  async forgetServer(server: ServerIdentity): Promise<void> {
    await this.#serverTokens.forget(server);
  }

  /**
   * Whether the token that some request was refused with still holds; concurrent questions share one request.
   * @throws ProductError where the hub cannot be asked: that is no sign-out.
   */
  check(refused: string): Promise<Verdict> {
    return this.#checks.once(refused, () => this.#check(refused));
  }

  /** Keeps `secret`, which the hub has accepted, as this account's own from now on; what it replaces is revoked, with its server tokens. */
  async signIn(secret: TokenRecord): Promise<void> {
    // The same token again, now that the hub has taken it: it may be sent again.
    if (secret.token === this.#refused) this.#refused = undefined;
    await this.#token.put(secret);
    await this.#stored();
  }

  /** The mark of the tokens of this sign-in, for `revokeLeft` of a later one. No secret. */
  async family(): Promise<string | undefined> {
    return (await this.#token.read())?.family;
  }

  /** Revokes the tokens that an earlier sign-out had to leave on the hub. @returns whether none of them is left */
  revokeLeft(family: string): Promise<boolean> {
    return this.#token.revokeLeft(family);
  }

  /**
   * Forgets all of the account's tokens, and revokes those that were minted for us, in every window.
   * @returns whether no token of ours is left on the hub; false where the hub could not be reached
   */
  async signOut(): Promise<boolean> {
    this.pageSession.dispose();
    await this.#serverTokens.remove();
    const secret = await this.#token.remove();
    this.#become("signed-out");
    return secret === undefined || !this.isOnHub || this.#token.revokeAll(secret);
  }

  dispose(): void {
    this.pageSession.dispose();
    this.#serverTokens.dispose();
    this.#token.dispose();
    this.#subscription?.dispose();
    this.#onDidChangeState.dispose();
  }

  /** As `current`, with all that is known of it. */
  async #current(): Promise<TokenRecord> {
    const secret = await this.#stored();
    if (secret !== undefined && secret.token !== this.#refused) return this.#token.use(secret);
    throw new ProductError(
      "signed-out",
      `You are signed out of ${this.isOnHub ? `${hubName(this.hub)} as ${this.userName}` : this.label}. Sign in again.`,
    );
  }

  async #check(refused: string): Promise<Verdict> {
    const before = await this.#stored();
    if (before === undefined) return "invalid";
    if (before.token !== refused) return "replaced";
    if (refused === this.#refused) return "invalid";
    if (await ownerOfToken(this.#clientWith({ ...this.#settings, token: fixedToken(refused) }))) return "valid";
    // Another window may have signed in while the hub was asked.
    const after = await this.#token.read();
    if (after !== undefined && after.token !== refused) return "replaced";
    this.#refused = refused;
    this.#become("signed-out");
    return "invalid";
  }

  #clientWith(settings: ServerSettings): HubClient {
    return this.isOnHub ? new HubClient(settings) : new PlainServerClient(settings);
  }

  /** The stored secret; the state follows it. */
  async #stored(): Promise<TokenRecord | undefined> {
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
