// Name and password → a token of our own, and the session of the hub's pages. The password is sent and forgotten.
import { ProductError, hasCode, HttpError } from "../../base/errors";
import { reasonIn } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";
import type { PasswordLogin } from "../api/client";
import { loginRefused } from "./loginRefusal";
import { mint, type TokenTerms, type UserSecret } from "../account/mint";

/** Signs in to the hub's pages as its form does. @returns the session's cookies as one opaque text, a secret */
export type PageLogin = (
  settings: ServerSettings,
  userName: string,
  password: string,
  options: { readonly signal?: AbortSignal | undefined },
) => Promise<string>;

export interface PasswordSignInOptions {
  readonly terms: TokenTerms;
  readonly signal?: AbortSignal | undefined;
  readonly logIn?: PageLogin | undefined;
}

/** A token, and the session of the hub's pages as in a Cookie header, where they have a form. Both are secrets. */
export interface PasswordSignIn extends UserSecret {
  readonly pageCookies: string | undefined;
}

export interface Credentials {
  readonly userName: string;
  readonly password: string;
  readonly further?: Readonly<Record<string, string>>;
}

/**
 * Asks the hub for a token by name and password. The form comes first where there is one to fill in: it knows people
 * who have never been on this hub, and says once what is wrong.
 * @throws ProductError `signed-out` where the hub does not take them; else why it could not be asked
 */
export async function mintWithPassword(
  settings: ServerSettings,
  given: Credentials,
  options: PasswordSignInOptions,
): Promise<PasswordSignIn> {
  const userName = given.userName.trim();
  if (userName === "") throw new ProductError("signed-out", `${settings.label} needs your user name.`);
  const pageCookies = await pageSession(settings, { ...given, userName }, options);
  const minted = await mintAs(settings, userName, { ...given.further, username: userName, password: given.password }, options);
  return { ...minted, pageCookies };
}

/** Without it only the pages are out of reach; a code that holds once is left for the token. */
async function pageSession(
  settings: ServerSettings,
  given: Credentials,
  { logIn, signal }: PasswordSignInOptions,
): Promise<string | undefined> {
  if (!logIn || Object.keys(given.further ?? {}).length > 0) return undefined;
  try {
    return await logIn(settings, given.userName, given.password, { signal });
  } catch (error) {
    // It has the hub's reason, if that has given any.
    if (hasCode(error, "aborted", "signed-out")) throw error;
    settings.log.warn(`${settings.label}: its pages cannot be signed in to`, error);
    return undefined;
  }
}

async function mintAs(settings: ServerSettings, user: string, auth: PasswordLogin, options: PasswordSignInOptions): Promise<UserSecret> {
  const { terms, signal } = options;
  try {
    return await mint(settings, user, { terms, signal, auth });
  } catch (error) {
    if (!(error instanceof HttpError) || error.status !== 403) throw error;
    // The password is right, but the hub spells the name in small letters.
    const spelled = user.toLowerCase();
    if (spelled !== user && /not found|no permission/i.test(reasonIn(error.body))) return mintAs(settings, spelled, auth, options);
    throw loginRefused(settings, reasonIn(error.body), error);
  }
}
