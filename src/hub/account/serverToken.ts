// ServerToken: the token that one server is sent. It can use that server and nothing else, so that whoever runs code
// there, its owner included, can do nothing with it that they cannot do already.
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { ProductError, hasCode, HttpError } from "../../base/errors";
import { reasonIn } from "../../transport/httpErrors";
import { fixedToken, type ServerSettings, type TokenProvider } from "../../transport/settings";
import { HubClient } from "../api/client";
import type { HubClock } from "../api/hubClock";
import { isRefusal, mint, revokeNoted, type TokenTerms, type UserSecret } from "./mint";
import { rotationDue } from "./rotation";
import type { TokenRecord } from "./tokenRecord";
import { StoredToken, type TokenStore } from "./storedToken";
import { ownerOfToken, TokenChecks, type Verdict } from "./tokenCheck";

/** Which server; the id is the same in every window. */
export interface ServerIdentity {
  readonly id: string;
  /** Whose server it is: the account's user, or somebody who shares it. */
  readonly owner: string;
  /** "" for the default server. */
  readonly name: string;
}

export interface ServerTokenOptions {
  readonly server: ServerIdentity;
  readonly userName: string;
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly hubClock: HubClock;
  readonly terms: (() => TokenTerms) | undefined;
  /** Of requests to the hub, with the hub token. */
  readonly hub: ServerSettings;
  /** The account's hub token. @throws ProductError `signed-out` */
  readonly hubToken: () => Promise<TokenRecord>;
  /** Whether the account's hub token still holds. */
  readonly checkHubToken: (refused: string) => Promise<Verdict>;
}

/** Seconds that a server token holds; a new one comes every day in which the server is used. */
const defaultLifetime = 36 * 3_600;
/** The part of its lifetime after which it is replaced. */
const usedUp = 2 / 3;
/** What hubs give every token, so that it can tell whose it is. */
const identity = /^read:users:(name|groups)(!|$)/;

/**
 * Mints the server's token when it is first needed, keeps it in the store for all windows, and renews it by the hub token
 * while it is used. Where the hub mints none, the user's own server is sent the token that the user gave, if that is what
 * the account has; a server of somebody else never is.
 */
export class ServerToken implements TokenProvider, Disposable {
  readonly #with: ServerTokenOptions;
  readonly #stored: StoredToken;
  readonly #checks = new TokenChecks();
  #obtaining: Promise<string> | undefined;
  /** The sign-in for which the hub has refused to mint: it is not asked again in this window. */
  #refusedFor: string | undefined;

  constructor(options: ServerTokenOptions) {
    this.#with = options;
    const { server, store, clock, hubClock, hub } = options;
    this.#stored = new StoredToken({
      ...{ id: server.id, store, clock, hubClock, settings: hub },
      title: `The token for ${this.#title}`,
      due: (secret) => rotationDue(secret, usedUp),
      mint: async () => this.#mint(await options.hubToken()),
      revoke: (secret) => this.#revoke(secret),
    });
  }

  /**
   * The token to send.
   * @throws ProductError `signed-out`; `forbidden` where the hub gives none that may be sent there
   */
  async current(): Promise<string> {
    const hubToken = await this.#with.hubToken();
    const stored = await this.#stored.read();
    if (stored && stored.family === hubToken.family && !this.#isOver(stored)) {
      this.#stored.use(stored);
      return stored.token;
    }
    this.#obtaining ??= this.#obtain(hubToken).finally(() => (this.#obtaining = undefined));
    return this.#obtaining;
  }

  /** Asks the hub about the token, since the server's refusal alone proves nothing; a dead one is followed by a new one. */
  check(refused: string): Promise<Verdict> {
    return this.#checks.once(refused, () => this.#check(refused));
  }

  /** The store has changed, here or in another window. */
  follow(): Promise<void> {
    return this.#stored.follow();
  }

  /** Resolves when no token is being minted any more. */
  async settled(): Promise<void> {
    await this.#obtaining?.catch(() => undefined); // whoever waits for the token is told
  }

  /** Revokes and forgets it: the server was deleted. */
  async forget(): Promise<void> {
    const secret = await this.#stored.remove();
    if (secret) await this.#revoke(secret);
  }

  dispose(): void {
    this.#stored.dispose();
  }

  get #isShared(): boolean {
    return this.#with.server.owner !== this.#with.userName;
  }

  /** `the server “gpu” of bob on hub.example.org` */
  get #title(): string {
    const { server, hub } = this.#with;
    const what = server.name === "" ? "the server" : `the server “${server.name}”`;
    return this.#isShared ? `${what} of ${server.owner} on ${hub.baseUrl.host}` : `${what} of ${hub.label}`;
  }

  #isOver({ expiresAt }: TokenRecord): boolean {
    return expiresAt !== undefined && expiresAt <= this.#with.hubClock.now();
  }

  async #obtain(hubToken: TokenRecord): Promise<string> {
    if (!this.#with.terms || this.#refusedFor === hubToken.family) return this.#withoutOwn(hubToken, undefined);
    let minted: TokenRecord;
    try {
      minted = (await this.#mint(hubToken)).secret;
    } catch (error) {
      if (!isRefusal(error) && !hasCode(error, "forbidden")) throw error;
      if (hasCode(error, "signed-out")) throw error;
      this.#refusedFor = hubToken.family;
      return this.#withoutOwn(hubToken, error);
    }
    if ((await this.#with.hubToken()).family !== hubToken.family) {
      // The user has signed out and in again meanwhile.
      await this.#revoke(minted);
      return this.current();
    }
    await this.#stored.put(minted);
    // Of two windows in a race the store holds one token.
    return (await this.#stored.read())?.token ?? minted.token;
  }

  /**
   * The narrowest token that the hub gives for this server.
   * @throws HttpError, ProductError `forbidden` where it gives none
   */
  async #mint({ family }: TokenRecord): Promise<UserSecret> {
    const { server, userName, hub, terms } = this.#with;
    const current = terms?.();
    if (!current) throw new ProductError("forbidden", `No token can be made for ${this.#title}.`);
    const only = `access:servers!server=${server.owner}/${server.name}`;
    const purpose = ` for ${server.name === "" ? "the server" : `the server ${server.name}`}${this.#isShared ? ` of ${server.owner}` : ""}`;
    const lifetime = current.serverLifetime ?? defaultLifetime;
    let refusal: unknown;
    // Some hubs may know no token for a single server; one for all of one's own can do no more than use them.
    for (const scope of this.#isShared ? [only] : [only, "access:servers!user"]) {
      try {
        const minted = await mint(hub, userName, { terms: current, scopes: [scope], purpose, family, lifetime });
        const problem = await this.#problemOf(minted, scope);
        if (problem === undefined) return minted;
        await this.#revoke(minted.secret);
        refusal = new ProductError("forbidden", `${hub.label}: ${problem}`);
      } catch (error) {
        if (!isRefusal(error) || hasCode(error, "signed-out")) throw error;
        refusal = error;
      }
      hub.log.warn(`The hub gives no token with the scope ${scope} for ${this.#title}`, refusal);
    }
    throw refusal;
  }

  /** Why a minted token must not be sent to the server; a hub may give more or less than was asked for. */
  async #problemOf({ secret, granted }: UserSecret, scope: string): Promise<string | undefined> {
    const { hub, userName } = this.#with;
    const held = granted ?? (await ownerOfToken(new HubClient({ ...hub, token: fixedToken(secret.token) })))?.scopes ?? [];
    const asked = scope.replace(/!user$/, `!user=${userName}`);
    const wider = held.find((each) => each !== scope && each !== asked && !identity.test(each));
    if (wider !== undefined) return `the token that was asked to do no more than ${scope} can do more (${wider})`;
    return held.some((each) => each === scope || each === asked) ? undefined : `the token that was asked for ${scope} cannot do that`;
  }

  /** The secret to send where the hub gives no token for this server alone. */
  #withoutOwn(hubToken: TokenRecord, refusal: ProductError | undefined): string {
    const { log } = this.#with.hub;
    if (!this.#isShared && hubToken.origin === "given") {
      log.warn(`${this.#title} is sent the token that was given: the hub makes none for it alone`);
      return hubToken.token;
    }
    const said = refusal instanceof HttpError ? reasonIn(refusal.body).replace(/\.$/, "") : refusal?.message.replace(/\.$/, "");
    const reason = said === undefined || said === "" ? "" : `: ${said}`;
    const remedy = this.#isShared
      ? `Ask ${this.#with.server.owner} whether it is still shared with you; if it is, sign in with a token that may make others.`
      : "Sign in again; if it stays so, ask the hub's administrator.";
    throw new ProductError(
      "forbidden",
      `The hub gives no token that is good for ${this.#title} only${reason}. One that can do more is not sent there. ${remedy}`,
      { cause: refusal },
    );
  }

  async #check(refused: string): Promise<Verdict> {
    const { hub, server, hubToken, checkHubToken } = this.#with;
    if ((await hubToken()).token === refused) return checkHubToken(refused);
    if ((await this.#stored.read())?.token !== refused) return "replaced";
    const owner = await ownerOfToken(new HubClient({ ...hub, token: fixedToken(refused) }));
    if (owner) {
      const isOfUse = owner.scopes.length === 0 || owner.scopes.some((scope) => scope.startsWith("access:servers"));
      if (isOfUse) return "valid";
      const end = this.#isShared ? `${server.owner} shares it with you no more` : "your rights on the hub have changed";
      throw new ProductError(
        "forbidden",
        `You may not use ${this.#title} any more: ${end}. Ask ${this.#isShared ? server.owner : "the hub's administrator"}.`,
      );
    }
    // The token is no longer valid, so there is nothing to revoke.
    if ((await this.#stored.read())?.token === refused) await this.#stored.remove();
    return "replaced";
  }

  async #revoke(secret: TokenRecord): Promise<boolean> {
    const { hub, userName } = this.#with;
    if (secret.origin !== "minted" || secret.note === undefined || this.#isOver(secret)) return true;
    try {
      await revokeNoted(hub, userName, (note) => note === secret.note);
      return true;
    } catch (error) {
      // After a sign-out this is no fault: that has revoked all tokens of the account.
      hub.log.debug(`The token for ${this.#title} could not be revoked; it ends by itself`, error);
      return false;
    }
  }
}
