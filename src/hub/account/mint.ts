// Minting of our own API tokens: with the least scopes and an expiry, marked in their note, revoked when they are
// replaced or at sign-out. A minting request is never cut off: what is cancelled meanwhile is revoked when it comes, and a token whose
// answer was lost is found by the mark in its note.
import { randomBytes } from "node:crypto";
import { abortable, throwIfAborted } from "../../base/async";
import { hasCode, HttpError } from "../../base/errors";
import { reasonIn } from "../../transport/httpErrors";
import { fixedToken, type ServerSettings } from "../../transport/settings";
import { HubClient, type PasswordLogin } from "../api/client";
import type { NewHubToken } from "../api/model";
import type { TokenRecord } from "./tokenRecord";

/** How our tokens are made. */
export interface TokenTerms {
  /** Names machine and editor in the hub's list of tokens. */
  readonly note: string;
  /** Seconds that the hub token shall hold; a hub may allow less. */
  readonly lifetime: number;
  /** Seconds that a server token shall hold; a day and a half unless told. */
  readonly serverLifetime?: number;
}

/**
 * Scopes of a hub token: to start and stop the user's servers, to list them, to mint, list and revoke tokens. It cannot
 * use a server: each has a token of its own (`ServerToken`), and this one is sent below the hub's API only.
 */
export const hubScopes: readonly string[] = ["servers!user", "read:users!user", "tokens!user"];

/** A token and whose it is. */
export interface UserSecret {
  /** As the hub spells it. */
  readonly userName: string;
  readonly secret: TokenRecord;
  /** Its scopes, as the hub expands them; undefined where the hub does not say. */
  readonly granted?: readonly string[];
}

export interface MintOptions {
  readonly terms: TokenTerms;
  readonly signal?: AbortSignal | undefined;
  /** All that it shall be able to do; the hub token's unless told. */
  readonly scopes?: readonly string[];
  /** Its purpose, in the hub's list of tokens, e.g. ` for the server gpu`. */
  readonly purpose?: string;
  /** The mark of all tokens of one sign-in; a new one unless told. */
  readonly family?: string | undefined;
  /** Seconds; `terms.lifetime` unless told. */
  readonly lifetime?: number;
  /** Asks with a name and password instead of the settings' own token. */
  readonly auth?: PasswordLogin;
}

/** Bounds the attempt to revoke a token, in milliseconds: signing out does not wait for a hub that is gone. */
const revokeTimeout = 10_000;

/**
 * Mints a token for `user`, asking with the token of `settings` or with a password. Aborting leaves no token on the
 * hub: the request, once sent, is not cut off, and what it brings is revoked.
 * @throws HttpError where the hub refuses (`isRefusal`), else why it could not be asked; ProductError `aborted`
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

/**
 * Revokes the tokens of `user` whose note `matches`, asking with the token of `settings`. By their notes, since hubs give
 * the ids of tokens that are gone to new ones.
 * @throws ProductError, HttpError where the hub cannot be asked or refuses
 */
export async function revokeNoted(settings: ServerSettings, user: string, matches: (note: string) => boolean): Promise<void> {
  const client = new HubClient(settings);
  const signal = AbortSignal.timeout(revokeTimeout);
  const found = (await client.getTokens(user, { signal })).filter(({ note }) => note !== null && matches(note));
  for (const { id } of found) await client.deleteToken(user, id, { signal });
}

/** Whether `note` is that of a token of this sign-in. */
export function isOfFamily(note: string, family: string): boolean {
  return note.includes(`(${family}-`);
}

/** A mark for all tokens of one sign-in. */
export function newFamily(): string {
  return randomBytes(5).toString("hex");
}

async function make(client: HubClient, user: string, options: MintOptions): Promise<UserSecret> {
  const { terms, auth, purpose = "", scopes = hubScopes, family = newFamily(), lifetime = terms.lifetime } = options;
  // The mark finds the token again: among all of its sign-in, and should the answer that brings it be lost.
  const note = `${terms.note}${purpose} (${family}-${randomBytes(3).toString("hex")})`;
  const request = { note, expiresIn: Math.round(lifetime), scopes, ...(auth && { auth }) };
  const known = { note, family, scopes: [...scopes] };
  try {
    return ofAnswer(user, known, request.expiresIn, await client.createToken(user, request));
  } catch (error) {
    const longest = longestLifetime(error);
    if (longest !== undefined && longest < request.expiresIn) {
      return ofAnswer(user, known, longest, await client.createToken(user, { ...request, expiresIn: longest }));
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

/** @param asked seconds: a hub that lets a token hold for longer, or for ever, does not keep it from being replaced in time */
function ofAnswer(user: string, known: Pick<TokenRecord, "note" | "family" | "scopes">, asked: number, answer: NewHubToken): UserSecret {
  const createdAt = time(answer.created);
  const end = time(answer.expires_at);
  const latest = createdAt === undefined ? undefined : createdAt + asked * 1000;
  const expiresAt = latest === undefined ? end : Math.min(end ?? latest, latest);
  return {
    userName: answer.user ?? user,
    secret: {
      token: answer.token,
      origin: "minted",
      tokenId: answer.id,
      ...(createdAt !== undefined && { createdAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...known,
    },
    ...(answer.scopes && { granted: answer.scopes }),
  };
}

/** Milliseconds since the epoch; a hub's times are UTC, with or without saying so. */
function time(text: string | null): number | undefined {
  if (text === null) return undefined;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The hub may have minted a token whose answer never came: it is found by its note. */
async function removeLost({ settings }: HubClient, user: string, note: string): Promise<void> {
  try {
    await revokeNoted(settings, user, (each) => each === note);
  } catch (error) {
    settings.log.warn(`${settings.label}: a token may have been made in vain; it ends by itself`, error);
  }
}
