// Account: one signed-in identity on one hub, and whether its token still holds.
import type { Disposable } from "../base/disposable";
import { ConnectError, hasCode, HttpError } from "../base/errors";
import { Emitter, type Event } from "../base/event";
import { fixedToken, serverSettings, type ServerSettings, type ServerSettingsOptions, type TokenProvider } from "../transport/settings";
import { HubClient } from "./client";
import { hubName } from "./hubName";

/** Where tokens are kept, by account id; shared between windows. */
export interface TokenStore {
  get(id: string): Promise<string | undefined>;
  set(id: string, token: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Fires the account's id when its token was set or deleted, here or in another window. */
  readonly onDidChange?: Event<string>;
}

export type AccountState = "signed-in" | "signed-out";

export interface AccountOptions {
  /** Hub base URL, with trailing slash. */
  readonly hub: URL;
  readonly userName: string;
  readonly store: TokenStore;
  /** Of the requests to the hub: agent, fetch, log, timeouts. */
  readonly settings?: Partial<Omit<ServerSettingsOptions, "baseUrl" | "token" | "label">>;
}

/** The same for one user of one hub in every window and session. */
export function accountId(hub: URL, userName: string): string {
  return `${hub.href}#${encodeURIComponent(userName)}`;
}

/**
 * One user of one hub. Gives the token to every request of this user, to the hub and to the user's servers alike.
 * The store is asked each time, so that a token that another window replaced is used from the next request on.
 */
export class Account implements TokenProvider, Disposable {
  readonly id: string;
  readonly hub: URL;
  readonly userName: string;
  /** `ana @ hub.example.org`, with the hub's prefix where it has one. */
  readonly label: string;
  readonly client: HubClient;
  readonly #store: TokenStore;
  readonly #settings: ServerSettings;
  readonly #onDidChangeState: Emitter<AccountState>;
  readonly #subscription: Disposable | undefined;
  readonly #checks = new Map<string, Promise<"valid" | "replaced" | "invalid">>();
  /** The token that the hub has refused: it is not sent again. */
  #refused: string | undefined;
  #state: AccountState = "signed-in";

  constructor(options: AccountOptions) {
    this.hub = options.hub;
    this.userName = options.userName;
    this.id = accountId(options.hub, options.userName);
    this.label = `${options.userName} @ ${hubName(options.hub)}`;
    this.#store = options.store;
    this.#settings = serverSettings({ ...options.settings, baseUrl: options.hub, token: this, label: this.label });
    this.client = new HubClient(this.#settings);
    this.#onDidChangeState = new Emitter(this.#settings.log);
    this.#subscription = options.store.onDidChange?.(async (id) => {
      if (id === this.id) await this.#stored();
    });
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
    const token = await this.#stored();
    if (token !== undefined && token !== this.#refused) return token;
    throw new ConnectError("signed-out", `You are signed out of ${hubName(this.hub)} as ${this.userName}. Sign in again.`);
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

  /** Keeps `token`, which the hub has accepted (`signInWithToken`), as this account's own from now on. */
  async signIn(token: string): Promise<void> {
    // The same token again, now that the hub has taken it: it may be sent again.
    if (token === this.#refused) this.#refused = undefined;
    await this.#store.set(this.id, token);
    await this.#stored();
  }

  /** Forgets the token; the hub is not told. */
  async signOut(): Promise<void> {
    await this.#store.delete(this.id);
    this.#become("signed-out");
  }

  dispose(): void {
    this.#subscription?.dispose();
    this.#onDidChangeState.dispose();
  }

  async #check(refused: string): Promise<"valid" | "replaced" | "invalid"> {
    const before = await this.#stored();
    if (before === undefined) return "invalid";
    if (before !== refused) return "replaced";
    if (refused === this.#refused) return "invalid";
    if (await this.#holds(refused)) return "valid";
    // Another window may have signed in while the hub was asked.
    const after = await this.#store.get(this.id);
    if (after !== undefined && after !== refused) return "replaced";
    this.#refused = refused;
    this.#become("signed-out");
    return "invalid";
  }

  /** Asks the hub. A refusal that is not the hub's own (a network's sign-in page, a proxy) proves nothing. */
  async #holds(token: string): Promise<boolean> {
    const asking = new HubClient({ ...this.#settings, token: fixedToken(token) });
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

  /** The stored token; the state follows it. */
  async #stored(): Promise<string | undefined> {
    const token = await this.#store.get(this.id);
    this.#become(token === undefined || token === this.#refused ? "signed-out" : "signed-in");
    return token;
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
