// HubToken: the token that is sent to the hub's API and nowhere else; it mints those of the servers, and revokes them.
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { ProductError, HttpError } from "../../base/errors";
import { fixedToken, type ServerSettings } from "../../transport/settings";
import type { HubClock } from "../api/hubClock";
import { hubScopes, isOfFamily, mint, newFamily, revoke, revokeNoted, type TokenTerms, type UserSecret } from "./mint";
import { rotationDue } from "./rotation";
import type { TokenRecord } from "./tokenRecord";
import { StoredToken, type TokenStore } from "./storedToken";

export interface HubTokenOptions {
  /** The account's, under which the record is stored. */
  readonly id: string;
  readonly userName: string;
  readonly store: TokenStore;
  /** How it is renewed; without, it is not. */
  readonly terms: (() => TokenTerms) | undefined;
  readonly clock: Clock;
  readonly hubClock: HubClock;
  /** Of requests to the hub. */
  readonly settings: ServerSettings;
}

/** Renewed after a third of the lifetime: a user who stays away for the other two thirds keeps a valid token. */
const usedUp = 1 / 3;
/** How often another window's token in the place of ours is tried again with more scopes. */
const widenAttempts = 3;

/** The stored hub token of one account. All tokens of one sign-in bear one mark, its family, by which they are revoked. */
export class HubToken implements Disposable {
  readonly #with: HubTokenOptions;
  readonly #stored: StoredToken;

  constructor(options: HubTokenOptions) {
    this.#with = options;
    const { id, store, clock, hubClock, settings, userName, terms } = options;
    this.#stored = new StoredToken({
      ...{ id, store, clock, hubClock, settings },
      title: `The token of ${settings.label}`,
      due: (secret) => (terms ? dueOf(secret) : undefined),
      mint: (old, more) => this.#mint(old, more),
      revoke: (secret) => revoke(settings, { secret, userName }),
    });
  }

  read(): Promise<TokenRecord | undefined> {
    return this.#stored.read();
  }

  /** To be called with the token each time it is used. @returns it, with the mark that tokens of an earlier version lack */
  async use(secret: TokenRecord): Promise<TokenRecord> {
    this.#stored.use(secret);
    if (secret.family !== undefined) return secret;
    await this.#stored.amend(secret, { ...secret, family: newFamily() });
    return (await this.read()) ?? secret;
  }

  /** Stores `secret`; what it replaces is revoked, with its server tokens. */
  async put(secret: TokenRecord): Promise<void> {
    const before = await this.read();
    const kept = { ...secret, family: secret.family ?? newFamily() };
    await this.#stored.put(kept);
    if (before?.family !== undefined && before.family !== kept.family) await this.#revokeFamily(kept, before.family);
  }

  /** Revokes what an earlier sign-out of that mark had to leave on the hub. @returns whether none of it is left */
  async revokeLeft(family: string): Promise<boolean> {
    const secret = await this.read();
    return secret !== undefined && this.#revokeFamily(secret, family);
  }

  /**
   * Has the token hold `scopes` too, by another in its place; one that was given stays as it is.
   * @throws HttpError where the hub refuses: it does not know them, or the user does not have them; ProductError `conflict`
   * where other windows keep replacing the token
   */
  async widen(scopes: readonly string[]): Promise<void> {
    const { terms, settings } = this.#with;
    for (let attempt = 0; ; attempt++) {
      const secret = await this.read();
      if (!terms || secret?.origin !== "minted" || scopes.every((scope) => secret.scopes?.includes(scope))) return;
      if (attempt === widenAttempts)
        throw new ProductError("conflict", `Other windows are renewing the token of ${settings.label} all the time. Try again.`);
      // Another window may be faster with a token that lacks what is asked for here.
      await this.#stored.renew(secret, scopes);
    }
  }

  /** The store has changed, here or in another window. */
  follow(): Promise<void> {
    return this.#stored.follow();
  }

  /** Takes it out of the store. @returns what was there, for `revokeAll` */
  remove(): Promise<TokenRecord | undefined> {
    return this.#stored.remove();
  }

  /** Revokes a token that was removed, after the server tokens that it has minted. @returns whether none of them is left */
  async revokeAll(secret: TokenRecord): Promise<boolean> {
    const isClean = secret.family === undefined || (await this.#revokeFamily(secret, secret.family));
    const { settings, userName } = this.#with;
    return (await revoke(settings, { secret, userName })) && isClean;
  }

  dispose(): void {
    this.#stored.dispose();
  }

  async #mint(old: TokenRecord, more: readonly string[]): Promise<UserSecret> {
    const { settings, userName } = this.#with;
    const terms = this.#with.terms?.();
    if (!terms) throw new ProductError("forbidden", `No token can be made for ${settings.label}.`);
    const asking = { ...settings, token: fixedToken(old.token) };
    const kept = (old.scopes ?? []).filter((scope) => !usesServers(scope));
    const options = { terms, family: old.family };
    try {
      return await mint(asking, userName, { ...options, scopes: [...new Set([...hubScopes, ...kept, ...more])] });
    } catch (error) {
      // What the user does not have any more is let go with the next token, unless it is what is asked for.
      if (!(error instanceof HttpError) || error.status !== 400 || more.length > 0) throw error;
      return mint(asking, userName, options);
    }
  }

  /** Revokes all tokens of that mark but `asking` itself. @returns whether none is left */
  async #revokeFamily(asking: TokenRecord, family: string): Promise<boolean> {
    const { settings, userName } = this.#with;
    try {
      const asker = { ...settings, token: fixedToken(asking.token) };
      await revokeNoted(asker, userName, (note) => isOfFamily(note, family) && note !== asking.note);
      return true;
    } catch (error) {
      // A given token that may not even list tokens has made none.
      if (asking.origin === "given" && error instanceof HttpError && error.status === 403) return true;
      settings.log.warn(`${settings.label}: its server tokens could not be revoked; they end by themselves`, error);
      return false;
    }
  }
}

/** At once where it can do more than a hub token needs to: an earlier version's could use servers, and was sent to them. */
function dueOf(secret: TokenRecord): number | undefined {
  const isTooWide = secret.scopes?.some(usesServers) === true;
  return isTooWide ? 0 : rotationDue(secret, usedUp);
}

function usesServers(scope: string): boolean {
  return scope.startsWith("access:servers");
}
