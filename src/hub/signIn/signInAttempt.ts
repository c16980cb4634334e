// The login methods: what the user gives or does → a token that the hub has accepted, replaced by one of our own.
import { throwIfAborted } from "../../base/async";
import type { Disposable } from "../../base/disposable";
import { ProductError, hasCode } from "../../base/errors";
import { reasonIn } from "../../transport/httpErrors";
import { fixedToken, type ServerSettings } from "../../transport/settings";
import type { HubAddress } from "./address";
import { HubClient } from "../api/client";
import { isRefusal, mint, revoke, type TokenTerms } from "../account/mint";
import type { HubUser } from "../api/model";
import { oauthToken, type OAuthFlow } from "../oauth/oauth";
import { mintWithPassword, type PageLogin } from "./passwordSignIn";
import { authenticatePlainServer, plainUser } from "../api/plainServer";
import { givenSecret, type TokenRecord } from "../account/tokenRecord";
import type { PasswordAnswer, SignInPort } from "./signInPort";
import { cleanToken } from "./tokenText";
import type { LoginField } from "./loginMethods";

/** A token that the hub has accepted, and whose it is. */
export interface SignedIn {
  /** Hub base URL, with trailing slash. */
  readonly hub: URL;
  readonly version: string;
  readonly user: HubUser;
  /** Belongs into SecretStorage. Minted for this sign-in: `abandon` it where it is not kept. */
  readonly secret: TokenRecord;
  /** The session of the hub's pages, where a password was the way in. Belongs into memory only. */
  readonly pageCookies?: string | undefined;
  /** The named server of this user whose page was pasted. */
  readonly server?: string;
  /** The notice to the user: that no token of our own could be had. */
  readonly notice?: string;
}

/** How often a user may try before the sign-in ends: no loop that only closing the window leaves. */
const attempts = 3;

export interface SignInParts {
  /** Of requests to the hub, without token. */
  readonly settings: ServerSettings;
  readonly version: string;
  readonly address: HubAddress;
  readonly port: SignInPort;
  readonly signal: AbortSignal | undefined;
  readonly terms: TokenTerms | undefined;
  readonly logIn: PageLogin | undefined;
}

/** One sign-in to one hub, by whichever login method. Nothing is stored; what fails or is aborted leaves no token on the hub. */
export class SignInAttempt {
  readonly #with: SignInParts;

  constructor(parts: SignInParts) {
    this.#with = parts;
  }

  async askingForPassword(further: readonly LoginField[], name: string | undefined): Promise<SignedIn | "token"> {
    const { port, settings, address, signal } = this.#with;
    let user = name ?? address.user;
    let problem: string | undefined;
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(signal);
      const known = { ...(user !== undefined && { user }), ...(problem !== undefined && { problem }) };
      const answer = await port.askPassword({ hub: settings.baseUrl, further, ...known });
      if (answer === undefined) throw cancelled();
      if (answer === "token") return "token";
      try {
        return await this.withPassword(answer);
      } catch (error) {
        if (!hasCode(error, "signed-out") || attempt === attempts) throw error;
        problem = error.message;
        user = answer.userName;
      }
    }
  }

  async askingForToken(byBrowser: boolean, why: string | undefined): Promise<SignedIn> {
    const { port, settings, version, address, signal } = this.#with;
    const { user } = address;
    let problem = why;
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(signal);
      const answer = await port.askToken({
        ...{ hub: settings.baseUrl, version, tokenPage: tokenPage(settings) },
        byBrowser: byBrowser && attempt === 1,
        ...(user !== undefined && { user }),
        ...(problem !== undefined && { problem }),
      });
      if (answer === undefined) throw cancelled();
      try {
        return await this.withToken(cleanToken(answer));
      } catch (error) {
        if (!hasCode(error, "signed-out") || attempt === attempts) throw error;
        problem = error.message;
      }
    }
  }

  /** Asks at once (`GET hub/api/user`) whose token it is. */
  async withToken(token: string): Promise<SignedIn> {
    const { settings, signal, terms } = this.#with;
    const own = { ...settings, token: fixedToken(token) };
    const user = await this.#whose(own);
    if (!terms) return this.#signedIn(user, givenSecret(token));
    try {
      return this.#signedIn(user, (await mint(own, user.name, { terms, signal })).secret);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return this.#signedIn(user, givenSecret(token), keptNotice(settings, error.body));
    }
  }

  /** The token of the flow only serves to mint ours, and goes then. */
  async withOAuth(flow: OAuthFlow & Disposable): Promise<SignedIn> {
    const { settings, signal } = this.#with;
    try {
      const token = await oauthToken(settings, flow, signal);
      const own = new HubClient({ ...settings, token: fixedToken(token) });
      const signedIn = await this.withToken(token);
      if (signedIn.secret.origin === "minted") await revokeFlowToken(own, signedIn.user);
      return signedIn;
    } finally {
      flow.dispose();
    }
  }

  /** @param given token or password; else that of the address, else the user is asked */
  async toPlainServer(given: string | undefined): Promise<SignedIn> {
    const { settings, version, address, port, signal } = this.#with;
    let problem: string | undefined;
    const enter = async (text: string | undefined): Promise<SignedIn | undefined> => {
      const token = await authenticatePlainServer(settings, text, signal);
      if (token !== undefined) return this.#signedIn(plainUser, givenSecret(token));
      problem = `${settings.label} does not accept this token or password. The server printed its token where it was started.`;
      return undefined;
    };
    const done = await enter(given ?? address.token);
    if (done) return done;
    if (given !== undefined) throw new ProductError("signed-out", problem ?? "");
    if (address.token === undefined) problem = undefined; // nothing was refused yet
    for (let attempt = 1; ; attempt++) {
      throwIfAborted(signal);
      const question = { hub: settings.baseUrl, version, tokenPage: undefined, byBrowser: false };
      const answer = await port.askToken({ ...question, ...(problem !== undefined && { problem }) });
      if (answer === undefined) throw cancelled();
      const entered = await enter(answer);
      if (entered) return entered;
      if (attempt === attempts) throw new ProductError("signed-out", problem ?? "");
    }
  }

  async withPassword(answer: PasswordAnswer): Promise<SignedIn> {
    const { settings, signal, terms, logIn } = this.#with;
    if (!terms) throw new ProductError("forbidden", "Signing in with a password needs to know how to mint a token.");
    const { pageCookies, ...minted } = await mintWithPassword(settings, answer, { terms, signal, logIn });
    try {
      throwIfAborted(signal);
      const { secret } = minted;
      const own = { ...settings, token: fixedToken(secret.token) };
      return { ...this.#signedIn(await this.#whose(own), secret), pageCookies };
    } catch (error) {
      await revoke(settings, minted);
      throw error;
    }
  }

  async #whose(settings: ServerSettings): Promise<HubUser> {
    let user: HubUser;
    try {
      user = await new HubClient(settings).user({ signal: this.#with.signal });
    } catch (error) {
      if (!hasCode(error, "signed-out")) throw error;
      throw new ProductError(
        "signed-out",
        `${settings.label} does not accept this token: it is mistyped, expired, revoked, or of another hub. Make a new one at ${tokenPage(settings).href} and paste it.`,
        { cause: error },
      );
    }
    const problem = problemOf(user, settings);
    if (problem !== undefined) throw new ProductError("forbidden", problem);
    return user;
  }

  #signedIn(user: HubUser, secret: TokenRecord, notice?: string): SignedIn {
    const { settings, version, address } = this.#with;
    const server = user.name === address.user ? address.server : undefined;
    return {
      ...{ hub: settings.baseUrl, version, user, secret },
      ...(server !== undefined && { server }),
      ...(notice !== undefined && { notice }),
    };
  }
}

/** Without it the token ends by itself in some days, with the session in the browser at the latest. */
async function revokeFlowToken(client: HubClient, user: HubUser): Promise<void> {
  if (user.token_id === null) return; // hub 4 and earlier do not say which it is
  try {
    await client.deleteToken(user.name, user.token_id);
  } catch (error) {
    client.settings.log.warn(`${client.settings.label}: the token of the OAuth flow could not be revoked`, error);
  }
}

/** Why a token that holds is of no use here. */
function problemOf(user: HubUser, settings: ServerSettings): string | undefined {
  const page = tokenPage(settings).href;
  if (user.kind !== "user") {
    return `This token belongs to the service “${user.name}” of ${settings.label}, not to a person. Make one of your own at ${page}.`;
  }
  const may = (scope: string): boolean => user.scopes.some((held) => held === scope || held.startsWith(`${scope}!`));
  // One of ours mints what its servers need.
  const isOfUse = (may("access:servers") || may("tokens")) && user.servers !== null;
  if (user.scopes.length === 0 || isOfUse) return undefined;
  return `This token of ${user.name} may not use servers of ${settings.label}. Make one at ${page} and leave its permissions empty: it then has all of yours.`;
}

function keptNotice(settings: ServerSettings, body: string): string {
  const reason = reasonIn(body).replace(/\.$/, "");
  return `${settings.label} lets no token be made with the one that you gave${reason === "" ? "" : ` (${reason})`}, so that one is used as it is, and sent to your servers too, with all that it may do; servers that others share with you are not sent it. When it ends, sign in again.`;
}

function tokenPage({ baseUrl }: ServerSettings): URL {
  return new URL("hub/token", baseUrl);
}

/** The user does not want to any more. */
export function cancelled(): ProductError {
  return new ProductError("aborted", "Signing in was cancelled.");
}
