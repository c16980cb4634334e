// Signing in: from a pasted address and a token to a validated identity.
import { ConnectError, hasCode } from "../base/errors";
import { serverSettings, type ServerSettingsOptions } from "../transport/settings";
import { findHub, isPlainHttpElsewhere, parseAddress } from "./address";
import { HubClient } from "./client";
import { hubName } from "./hubName";
import type { HubUser } from "./model";

/** What signing in asks of a person. */
export interface SignInPort {
  /** Asks for a token; undefined means that the person cancelled. Do not show or keep what was typed. */
  askToken(question: TokenQuestion): Promise<string | undefined>;
  /** Asks whether to go on although everybody on the network can read what is sent to `url`. */
  confirmPlainHttp(url: URL): Promise<boolean>;
}

export interface TokenQuestion {
  readonly hub: URL;
  readonly version: string;
  /** The hub's page where tokens are made. */
  readonly tokenPage: URL;
  /** The user whose page was pasted. */
  readonly user?: string;
  /** Why the token in the pasted address was not taken. */
  readonly problem?: string;
}

/** Settings of the requests (agent, fetch, log …), and how to abort. */
export type SignInOptions = Partial<Omit<ServerSettingsOptions, "baseUrl" | "token">> & {
  readonly signal?: AbortSignal | undefined;
};

/** A token that the hub has accepted, and whose it is. */
export interface SignedIn {
  /** Hub base URL, with trailing slash. */
  readonly hub: URL;
  readonly version: string;
  readonly user: HubUser;
  /** A secret: belongs into SecretStorage. */
  readonly token: string;
  /** The named server of this user whose page was pasted. */
  readonly server?: string;
}

/**
 * Finds the hub and asks it at once (`GET hub/api/user`) whose token it is.
 *
 * The token is the given one, else the one in the address, else asked for; one in the address that does not hold leads
 * to the question too. Nothing is stored.
 * @throws ConnectError `address`, `not-a-hub`, `signed-out` (the token does not hold), `forbidden` (not a person's
 * token), `aborted` (the person cancelled), or why the hub could not be asked.
 */
export async function signInWithToken(
  given: { readonly address: string; readonly token?: string },
  port: SignInPort,
  options: SignInOptions = {},
): Promise<SignedIn> {
  const address = parseAddress(given.address);
  const ready = given.token === undefined ? undefined : cleanToken(given.token);
  const { url: hub, version } = await findHub(address, options);
  if (isPlainHttpElsewhere(hub) && !(await port.confirmPlainHttp(hub))) throw cancelled();

  const accept = async (token: string): Promise<SignedIn> => {
    const user = await whose(hub, token, options);
    const server = user.name === address.user ? address.server : undefined;
    return { hub, version, user, token, ...(server !== undefined && { server }) };
  };
  if (ready !== undefined) return accept(ready);
  let problem: string | undefined;
  if (address.token !== undefined) {
    try {
      return await accept(cleanToken(address.token));
    } catch (error) {
      if (!hasCode(error, "signed-out")) throw error;
      problem = error.message;
    }
  }
  const answer = await port.askToken({
    hub,
    version,
    tokenPage: new URL("hub/token", hub),
    ...(address.user !== undefined && { user: address.user }),
    ...(problem !== undefined && { problem }),
  });
  if (answer === undefined) throw cancelled();
  return accept(cleanToken(answer));
}

/**
 * The token in what a person pasted: without white space and quotes around it.
 * @throws ConnectError `signed-out` for what cannot be a token; such text is sent nowhere and not repeated.
 */
export function cleanToken(text: string): string {
  const token = text
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, "")
    .trim()
    .replace(/^["'`<“”‘’«»]+|["'`>“”‘’«»]+$/g, "")
    .trim();
  const problem = tokenProblem(token);
  if (problem !== undefined) throw new ConnectError("signed-out", problem);
  return token;
}

/** Why `token` cannot be a token, in words for a person; undefined where it can. */
export function tokenProblem(token: string): string | undefined {
  if (token === "") return "The token is empty. Copy it from the hub's token page and paste it.";
  if (/\s/.test(token)) return "This is no token: it contains spaces. Copy the whole token, and only it, from the hub's token page.";
  if (!/^[\x21-\x7E]+$/.test(token)) {
    return "This is no token: it contains characters that tokens never have. Copy it again from the hub's token page.";
  }
  if (token.includes("://")) return "This is an address, not a token. Copy the token from the hub's token page.";
  return undefined;
}

async function whose(hub: URL, token: string, options: SignInOptions): Promise<HubUser> {
  const { signal, ...rest } = options;
  const name = hubName(hub);
  const client = new HubClient(serverSettings({ ...rest, baseUrl: hub, token, label: name }));
  let user: HubUser;
  try {
    user = await client.user({ signal });
  } catch (error) {
    if (!hasCode(error, "signed-out")) throw error;
    const page = new URL("hub/token", hub).href;
    throw new ConnectError(
      "signed-out",
      `${name} does not accept this token: it is mistyped, expired, revoked, or of another hub. Make a new one at ${page} and paste it.`,
      { cause: error },
    );
  }
  if (user.kind === "user") return user;
  const page = new URL("hub/token", hub).href;
  throw new ConnectError(
    "forbidden",
    `This token belongs to the service “${user.name}” of ${name}, not to a person. Make one of your own at ${page}.`,
  );
}

function cancelled(): ConnectError {
  return new ConnectError("aborted", "Signing in was cancelled.");
}
