// Tokens of our own: minted with the least scopes and an end, revoked by themselves.
import { randomBytes } from "node:crypto";
import { abortable, throwIfAborted } from "../base/async";
import { hasCode, HttpError } from "../base/errors";
import { reasonIn } from "../transport/httpErrors";
import { fixedToken, type ServerSettings } from "../transport/settings";
import { HubClient, type PasswordLogin } from "./client";
import type { NewHubToken } from "./model";
import type { Secret } from "./secret";

/** How our tokens are made. */
export interface TokenTerms {
  /** Names machine and editor in the hub's list of tokens. */
  readonly note: string;
  /** Seconds that a token shall hold; a hub may allow less. */
  readonly lifetime: number;
}

/** All that the extension needs: the person's servers, their list, and to renew and revoke its own token. */
export const leastScopes: readonly string[] = ["access:servers!user", "servers!user", "read:users!user", "tokens!user"];

/** A token and whose it is. */
export interface UserSecret {
  /** As the hub spells it. */
  readonly userName: string;
  readonly secret: Secret;
}

export interface MintOptions {
  readonly terms: TokenTerms;
  readonly signal?: AbortSignal | undefined;
  /** Beside the least ones. */
  readonly scopes?: readonly string[];
  /** Asks with a name and password instead of the settings' own token. */
  readonly auth?: PasswordLogin;
}

/** Bounds the attempt to revoke a token, in milliseconds: signing out does not wait for a hub that is gone. */
const revokeTimeout = 10_000;

/**
 * Mints a token for `user`, asking with the token of `settings` or with a password. Aborting leaves no token on the
 * hub: the request, once sent, is not cut off, and what it brings is revoked.
 * @throws HttpError where the hub refuses (`isRefusal`), else why it could not be asked; ConnectError `aborted`
 */
export async function mint(settings: ServerSettings, user: string, options: MintOptions): Promise<UserSecret> {
  throwIfAborted(options.signal);
  const minting = make(new HubClient(settings), user, options);
  try {
    return await abortable(minting, options.signal);
  } catch (error) {
    minting.then(
      (late) => revoke(settings, late),
      () => undefined, // nothing was minted: nothing to revoke, and `error` says why
    );
    throw error;
  }
}

/** Whether the hub was asked and said no, which asking again would not change. */
export function isRefusal(error: unknown): error is HttpError {
  return error instanceof HttpError && error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
}

/**
 * Revokes a minted token; a given one belongs to its owner, and stays. It is the token itself that asks: hubs give the
 * ids of tokens that are gone to new ones, and a dead token revokes nothing.
 * @returns whether it holds no more; where it may, the log says why
 */
export async function revoke(settings: ServerSettings, { secret, userName }: UserSecret): Promise<boolean> {
  if (secret.origin !== "minted" || secret.tokenId === undefined) return true;
  const client = new HubClient({ ...settings, token: fixedToken(secret.token) });
  try {
    await client.deleteToken(userName, secret.tokenId, { signal: AbortSignal.timeout(revokeTimeout) });
    return true;
  } catch (error) {
    if (hasCode(error, "signed-out")) return true;
    settings.log.warn(`${settings.label}: a token of ${userName} could not be revoked`, error);
    return false;
  }
}

async function make(client: HubClient, user: string, { terms, auth, scopes: more = [] }: MintOptions): Promise<UserSecret> {
  const scopes = [...new Set([...leastScopes, ...more])];
  // The mark finds the token again should the answer that brings it be lost.
  const note = `${terms.note} (${randomBytes(3).toString("hex")})`;
  const request = { note, expiresIn: Math.round(terms.lifetime), scopes, ...(auth && { auth }) };
  try {
    return ofAnswer(user, scopes, await client.createToken(user, request));
  } catch (error) {
    const longest = longestLifetime(error);
    if (longest !== undefined && longest < request.expiresIn) {
      return ofAnswer(user, scopes, await client.createToken(user, { ...request, expiresIn: longest }));
    }
    if (!auth && hasCode(error, "unreachable", "timeout", "invalid-response")) await removeLost(client, user, note);
    throw error;
  }
}

/** Seconds that tokens of this hub may hold at most, where that is what it complains of (hub 5.3 and later). */
function longestLifetime(error: unknown): number | undefined {
  if (!(error instanceof HttpError) || error.status !== 400) return undefined;
  const said = /expires_in.* must not exceed (\d+)/.exec(reasonIn(error.body))?.[1];
  return said === undefined ? undefined : Number(said);
}

function ofAnswer(user: string, scopes: string[], answer: NewHubToken): UserSecret {
  const [createdAt, expiresAt] = [time(answer.created), time(answer.expires_at)];
  return {
    userName: answer.user ?? user,
    secret: {
      token: answer.token,
      origin: "minted",
      tokenId: answer.id,
      ...(createdAt !== undefined && { createdAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      scopes,
    },
  };
}

/** Milliseconds since the epoch; a hub's times are UTC, with or without saying so. */
function time(text: string | null): number | undefined {
  if (text === null) return undefined;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The hub may have minted a token whose answer never came: it is found by its note. */
async function removeLost(client: HubClient, user: string, note: string): Promise<void> {
  const signal = AbortSignal.timeout(revokeTimeout);
  try {
    const lost = (await client.getTokens(user, { signal })).filter((token) => token.note === note);
    for (const { id } of lost) await client.deleteToken(user, id, { signal });
  } catch (error) {
    client.settings.log.warn(`${client.settings.label}: a token may have been made in vain; it ends by itself`, error);
  }
}
