// Account: one signed-in identity on one hub; its token's life from sign-in over renewals to sign-out.
import { systemClock, type Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";
import { ConnectError, hasCode, HttpError } from "../base/errors";
import { Emitter, type Event } from "../base/event";
import { fixedToken, serverSettings, type ServerSettings, type ServerSettingsOptions, type TokenProvider } from "../transport/settings";
import { HubClient } from "./client";
import { HubClock } from "./hubClock";
import { hubName } from "./hubName";
import { isRefusal, mint, revoke, type TokenTerms, type UserSecret } from "./mint";
import { PlainServerClient } from "./plainServer";
import { Rotation } from "./rotation";
import { readSecret, writeSecret, type Secret } from "./secret";

/** Where records of tokens (`Secret`) are kept, by account id; shared between windows. */
export interface TokenStore {
  get(id: string): Promise<string | undefined>;
  set(id: string, record: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Fires the account's id when its record was set or deleted, here or in another window. */
  readonly onDidChange?: Event<string>;
}

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
 *
 * A token that was minted for us is replaced before it ends, and revoked when it leaves the store. Windows do not lock
 * each other out: whoever mints a token answers for it, and revokes it unless it is the one that the store holds in
 * the end. So of two windows that renew at once, one token is left.
 */
export class Account implements TokenProvider, Disposable {
  readonly id: string;
  readonly hub: URL;
  readonly userName: string;
  /** `ana @ hub.example.org`, with the hub's prefix where it has one. */
  readonly label: string;
  readonly client: HubClient;
  readonly #store: TokenStore;
  readonly #terms: (() => TokenTerms) | undefined;
  readonly #settings: ServerSettings;
  readonly #rotation: Rotation;
  readonly #onDidChangeState: Emitter<AccountState>;
  readonly #subscription: Disposable | undefined;
  readonly #checks = new Map<string, Promise<"valid" | "replaced" | "invalid">>();
  /** The token that the hub has refused: it is not sent again. */
  #refused: string | undefined;
  /** What this window has minted and stored. */
  #own: Secret | undefined;
  #state: AccountState = "signed-in";

  constructor(options: AccountOptions) {
    const { hub, userName, store, terms, clock = systemClock } = options;
    this.hub = hub;
    this.userName = userName;
    this.id = accountId(hub, userName);
    this.label = userName === "" ? hubName(hub) : `${userName} @ ${hubName(hub)}`;
    this.#store = store;
    this.#terms = terms;
    const hubClock = new HubClock(serverSettings({ ...options.settings, baseUrl: hub, token: this, label: this.label }), clock);
    this.#settings = hubClock.settings;
    this.client = this.#clientWith(this.#settings);
    this.#onDidChangeState = new Emitter(this.#settings.log);
    this.#rotation = new Rotation({
      clock,
      hubClock,
      askTime: () => this.client.info(),
      replace: (secret) => this.#replace(secret),
    });
    this.#subscription = store.onDidChange?.(async (id) => {
      if (id === this.id) await this.#followStore();
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
      if (this.#terms) this.#rotation.follow(secret);
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
    const before = await this.#read();
    await this.#put(secret);
    if (before && before.token !== secret.token) await this.#revoke(before);
  }

  /**
   * Has the token hold `scopes` too, by another in its place; one that was given stays as it is.
   * @throws HttpError where the hub refuses: it does not know them, or the person does not have them
   */
  async widen(scopes: readonly string[]): Promise<void> {
    const secret = await this.#stored();
    if (secret?.origin !== "minted" || scopes.every((scope) => secret.scopes?.includes(scope))) return;
    await this.#replace(secret, scopes);
  }

  /**
   * Forgets the token, and revokes it where it was minted for us.
   * @returns whether no token of ours is left on the hub; false where the hub could not be told
   */
  async signOut(): Promise<boolean> {
    const secret = await this.#read();
    this.#own = undefined;
    await this.#store.delete(this.id);
    this.#become("signed-out");
    return secret === undefined || this.#revoke(secret);
  }

  dispose(): void {
    this.#rotation.dispose();
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
    const after = await this.#read();
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

  /** Replaces the stored token, if it is still `old`, by a new one that holds `more` too. */
  async #replace(old: Secret, more: readonly string[] = []): Promise<void> {
    const { log } = this.#settings;
    const terms = this.#terms?.();
    if (!terms || (await this.#read())?.token !== old.token) return;
    let minted: UserSecret;
    try {
      minted = await this.#mintWith(old, terms, [...(old.scopes ?? []), ...more]).catch((error: unknown) => {
        // What the person has no more (a share that ended) is let go with the next token, unless it is what is asked for.
        if (!(error instanceof HttpError) || error.status !== 400 || more.length > 0) throw error;
        return this.#mintWith(old, terms, []);
      });
    } catch (error) {
      log.warn(`${this.label}: the token could not be renewed${isRefusal(error) ? "" : "; trying again later"}`, error);
      throw error;
    }
    if ((await this.#read())?.token !== old.token) {
      // Another window was faster, or the person has signed out.
      await this.#revoke(minted.secret);
      return;
    }
    await this.#put({ ...minted.secret, ...(old.pageCookies !== undefined && { pageCookies: old.pageCookies }) });
    await this.#revoke(old);
    log.info(`${this.label}: the token was renewed`);
  }

  #mintWith({ token }: Secret, terms: TokenTerms, scopes: readonly string[]): Promise<UserSecret> {
    return mint({ ...this.#settings, token: fixedToken(token) }, this.userName, { terms, scopes });
  }

  /** Stores `secret` and answers for it from then on. */
  async #put(secret: Secret): Promise<void> {
    try {
      await this.#store.set(this.id, writeSecret(secret));
    } catch (error) {
      await this.#revoke(secret);
      throw error;
    }
    this.#own = secret.origin === "minted" ? secret : undefined;
    // Another window may have stored its own meanwhile.
    await this.#followStore();
  }

  /** Revokes what this window has minted if the store holds it no more. */
  async #followStore(): Promise<void> {
    const own = this.#own;
    const stored = await this.#stored();
    if (!own || own !== this.#own || own.token === stored?.token) return;
    this.#own = undefined;
    await this.#revoke(own);
  }

  #revoke(secret: Secret): Promise<boolean> {
    return revoke(this.#settings, { secret, userName: this.userName });
  }

  async #read(): Promise<Secret | undefined> {
    const record = await this.#store.get(this.id);
    return record === undefined ? undefined : readSecret(record);
  }

  /** The stored secret; the state follows it. */
  async #stored(): Promise<Secret | undefined> {
    const secret = await this.#read();
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
