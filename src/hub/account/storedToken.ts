// StoredToken: one token in the store that all windows share; renewed while it is used, revoked when it leaves.
import { ProductError } from "../../base/errors";
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import type { Event } from "../../base/event";
import type { ServerSettings } from "../../transport/settings";
import { HubClient } from "../api/client";
import type { HubClock } from "../api/hubClock";
import { isRefusal, type UserSecret } from "./mint";
import { Rotation } from "./rotation";
import { holdsPageSession, readSecret, writeSecret, type TokenRecord } from "./tokenRecord";

/** Where records of tokens (`Secret`) are kept: a hub token by its account's id, a server token by its server's; shared between windows. */
export interface TokenStore {
  get(id: string): Promise<string | undefined>;
  set(id: string, record: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** The ids of all records, as far as this window knows. */
  ids(): readonly string[];
  /** Fires the id of a record that was set or deleted, here or in another window. */
  readonly onDidChange?: Event<string>;
}

export interface StoredTokenOptions {
  /** Under which the record is stored. */
  readonly id: string;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly hubClock: HubClock;
  /** Of requests to the hub; how errors and the log name it. */
  readonly settings: ServerSettings;
  /** The name of the token in errors and the log, e.g. `The token of ana @ hub.example.org`. */
  readonly title: string;
  /** Milliseconds by the hub's clock from which a token is to be replaced; undefined for never. */
  readonly due: (secret: TokenRecord) => number | undefined;
  /** Mints what takes the place of `old`, with these scopes too. @throws HttpError where the hub refuses */
  readonly mint: (old: TokenRecord, more: readonly string[]) => Promise<UserSecret>;
  /** @returns whether the token holds no more */
  readonly revoke: (secret: TokenRecord) => Promise<boolean>;
}

/**
 * Windows hold no lock on it: whoever mints a token answers for it, and revokes it unless it is the one that the store
 * holds in the end. So of two windows that race to renew it, or to sign in, one token is left.
 */
export class StoredToken implements Disposable {
  readonly #with: StoredTokenOptions;
  readonly #rotation: Rotation;
  /** The token that this window has minted and stored. */
  #own: TokenRecord | undefined;

  constructor(options: StoredTokenOptions) {
    this.#with = options;
    const { clock, hubClock, due, settings } = options;
    const askTime = (): Promise<unknown> => new HubClient(settings).info();
    this.#rotation = new Rotation({ clock, hubClock, askTime, due, replace: (secret) => this.renew(secret) });
  }

  async read(): Promise<TokenRecord | undefined> {
    const { store, id } = this.#with;
    const record = await store.get(id);
    if (record === undefined) return undefined;
    const secret = readSecret(record);
    if (holdsPageSession(record)) await this.#rewrite(record, secret);
    return secret;
  }

  /** Stores what more is known of the same token, if it is still what the store holds. */
  async amend(before: TokenRecord, after: TokenRecord): Promise<void> {
    const record = await this.#with.store.get(this.#with.id);
    if (record !== undefined && readSecret(record).token === before.token) await this.#rewrite(record, after);
  }

  /** To be called with the token each time it is used. */
  use(secret: TokenRecord): void {
    this.#rotation.follow(secret);
  }

  /** Stores `secret` and answers for it from then on; what it replaces is revoked. */
  async put(secret: TokenRecord): Promise<void> {
    const before = await this.read();
    await this.#put(secret);
    if (before && before.token !== secret.token) await this.#with.revoke(before);
  }

  /**
   * Puts a new token, which holds `more` too, in the place of `old`, if that is still what the store holds.
   * @throws HttpError where the hub refuses, else why it could not be asked
   */
  async renew(old: TokenRecord, more: readonly string[] = []): Promise<void> {
    const { settings, title, mint, revoke } = this.#with;
    if ((await this.read())?.token !== old.token) return;
    let minted: UserSecret;
    try {
      minted = await mint(old, more);
    } catch (error) {
      settings.log.warn(`${title} could not be renewed${isRefusal(error) ? "" : "; trying again later"}`, error);
      throw error;
    }
    if ((await this.read())?.token !== old.token) {
      // Another window won the race, or the user has signed out.
      await revoke(minted.secret);
      return;
    }
    await this.#put(minted.secret);
    await revoke(old);
    settings.log.info(`${title} was renewed`);
  }

  /** Takes the token out of the store, and answers for it no more. @returns what was there, not revoked */
  async remove(): Promise<TokenRecord | undefined> {
    const secret = await this.read();
    this.#own = undefined;
    if (secret) await this.#with.store.delete(this.#with.id);
    return secret;
  }

  /** The store has changed: revokes what this window has minted if the store holds it no more. */
  async follow(): Promise<void> {
    const own = this.#own;
    const stored = await this.read();
    if (!own || own !== this.#own || own.token === stored?.token) return;
    this.#own = undefined;
    await this.#with.revoke(own);
  }

  dispose(): void {
    this.#rotation.dispose();
  }

  async #rewrite(record: string, secret: TokenRecord): Promise<void> {
    const { store, id } = this.#with;
    if ((await store.get(id)) === record) await store.set(id, writeSecret(secret));
  }

  async #put(secret: TokenRecord): Promise<void> {
    const { store, id, title, revoke } = this.#with;
    try {
      await store.set(id, writeSecret(secret));
    } catch (cause) {
      await revoke(secret);
      throw new ProductError(
        "forbidden",
        `${title} could not be stored in VS Code's secret storage. Unlock your system's keyring, and sign in again.`,
        { cause },
      );
    }
    this.#own = secret.origin === "minted" ? secret : undefined;
    // Another window may have stored its own meanwhile.
    await this.follow();
  }
}
