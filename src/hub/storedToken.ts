// StoredToken: an account's token in the store that all windows share; renewed while it is used, revoked when it leaves.
import { ConnectError, HttpError } from "../base/errors";
import type { Clock } from "../base/clock";
import type { Disposable } from "../base/disposable";
import type { Event } from "../base/event";
import { fixedToken, type ServerSettings } from "../transport/settings";
import { HubClient } from "./client";
import { HubClock } from "./hubClock";
import { isRefusal, mint, revoke, type TokenTerms, type UserSecret } from "./mint";
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

export interface StoredTokenOptions {
  /** The account's, under which the record is stored. */
  readonly id: string;
  readonly userName: string;
  readonly store: TokenStore;
  /** How tokens are minted; without, none is renewed. */
  readonly terms: (() => TokenTerms) | undefined;
  readonly clock: Clock;
  /** Of requests to the hub. */
  readonly settings: ServerSettings;
}

/**
 * Windows do not lock each other out: whoever mints a token answers for it, and revokes it unless it is the one that
 * the store holds in the end. So of two windows that renew at once, or sign in at once, one token is left.
 */
export class StoredToken implements Disposable {
  /** As given, and following the hub's clock. */
  readonly settings: ServerSettings;
  readonly #with: StoredTokenOptions;
  readonly #rotation: Rotation;
  /** What this window has minted and stored. */
  #own: Secret | undefined;

  constructor(options: StoredTokenOptions) {
    this.#with = options;
    const { clock } = options;
    const hubClock = new HubClock(options.settings, clock);
    this.settings = hubClock.settings;
    const askTime = (): Promise<unknown> => new HubClient(this.settings).info();
    this.#rotation = new Rotation({ clock, hubClock, askTime, replace: (secret) => this.renew(secret) });
  }

  async read(): Promise<Secret | undefined> {
    const record = await this.#with.store.get(this.#with.id);
    return record === undefined ? undefined : readSecret(record);
  }

  /** Told of the token each time it is used. */
  use(secret: Secret): void {
    if (this.#with.terms) this.#rotation.follow(secret);
  }

  /** Stores `secret` and answers for it from then on; what it replaces is revoked. */
  async put(secret: Secret): Promise<void> {
    const before = await this.read();
    await this.#put(secret);
    if (before && before.token !== secret.token) await this.#revoke(before);
  }

  /**
   * Puts a new token, which holds `more` too, in the place of `old`, if that is still what the store holds.
   * @throws HttpError where the hub refuses, else why it could not be asked
   */
  async renew(old: Secret, more: readonly string[] = []): Promise<void> {
    const { label, log } = this.settings;
    const terms = this.#with.terms?.();
    if (!terms || (await this.read())?.token !== old.token) return;
    let minted: UserSecret;
    try {
      minted = await this.#mint(old, terms, more);
    } catch (error) {
      log.warn(`${label}: the token could not be renewed${isRefusal(error) ? "" : "; trying again later"}`, error);
      throw error;
    }
    if ((await this.read())?.token !== old.token) {
      // Another window was faster, or the person has signed out.
      await this.#revoke(minted.secret);
      return;
    }
    await this.#put({ ...minted.secret, ...(old.pageCookies !== undefined && { pageCookies: old.pageCookies }) });
    await this.#revoke(old);
    log.info(`${label}: the token was renewed`);
  }

  /**
   * Takes the token out of the store, and revokes it where it was minted for us.
   * @returns whether no token of ours is left on the hub; false where the hub could not be told
   */
  async remove(): Promise<boolean> {
    const secret = await this.read();
    this.#own = undefined;
    await this.#with.store.delete(this.#with.id);
    return secret === undefined || this.#revoke(secret);
  }

  /** The store has changed: revokes what this window has minted if the store holds it no more. */
  async follow(): Promise<void> {
    const own = this.#own;
    const stored = await this.read();
    if (!own || own !== this.#own || own.token === stored?.token) return;
    this.#own = undefined;
    await this.#revoke(own);
  }

  dispose(): void {
    this.#rotation.dispose();
  }

  async #mint(old: Secret, terms: TokenTerms, more: readonly string[]): Promise<UserSecret> {
    const settings = { ...this.settings, token: fixedToken(old.token) };
    const { userName } = this.#with;
    try {
      return await mint(settings, userName, { terms, scopes: [...(old.scopes ?? []), ...more] });
    } catch (error) {
      // What the person has no more (a share that ended) is let go with the next token, unless it is what is asked for.
      if (!(error instanceof HttpError) || error.status !== 400 || more.length > 0) throw error;
      return mint(settings, userName, { terms });
    }
  }

  async #put(secret: Secret): Promise<void> {
    try {
      await this.#with.store.set(this.#with.id, writeSecret(secret));
    } catch (cause) {
      await this.#revoke(secret);
      throw new ConnectError("forbidden", `The token of ${this.settings.label} could not be stored in VS Code's secret storage. Unlock your system's keyring, and sign in again.`, { cause });
    }
    this.#own = secret.origin === "minted" ? secret : undefined;
    // Another window may have stored its own meanwhile.
    await this.follow();
  }

  #revoke(secret: Secret): Promise<boolean> {
    return revoke(this.settings, { secret, userName: this.#with.userName });
  }
}
