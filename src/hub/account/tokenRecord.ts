// The record of one account's token in SecretStorage: the token, where it came from, until when it is valid.
import * as v from "valibot";
import { partsOfSecret } from "../../transport/credential";

/**
 * Where a token came from. `minted`: by us, for this account alone, so that we rotate and revoke it. `given`: by the
 * user, who may use it elsewhere too, so that we leave it alone.
 */
export type TokenOrigin = "minted" | "given";

const secretRecord = v.object({
  token: v.pipe(v.string(), v.nonEmpty()),
  origin: v.picklist(["minted", "given"]),
  /** The hub's id of the token; ids of tokens that are gone are given anew, so it means something only while it lives. */
  tokenId: v.optional(v.string()),
  /** Milliseconds since the epoch by the hub's clock; missing where it never ends, or nobody said when. */
  createdAt: v.optional(v.number()),
  expiresAt: v.optional(v.number()),
  /** As asked for; missing for a given token. */
  scopes: v.optional(v.array(v.string())),
  /** In the hub's list of tokens; it alone tells a token for sure. */
  note: v.optional(v.string()),
  /** The mark in the notes of all tokens of one sign-in. */
  family: v.optional(v.string()),
});

/** A validated record. */
export type TokenRecord = v.InferOutput<typeof secretRecord>;

/** A record of what a user gave. */
export function givenSecret(token: string): TokenRecord {
  return { token, origin: "given" };
}

/** The record as it is stored. */
export function writeSecret(secret: TokenRecord): string {
  return JSON.stringify(secret);
}

/** The stored record; text that is no record is a bare token, as the first version stored it. */
export function readSecret(stored: string): TokenRecord {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), secretRecord), stored);
  return result.success ? result.output : givenSecret(stored);
}

/** Whether a stored record holds what none holds any more: an earlier version kept the session of the hub's pages in it. */
export function holdsPageSession(stored: string): boolean {
  return v.safeParse(v.pipe(v.string(), v.parseJson(), v.looseObject({ pageCookies: v.string() })), stored).success;
}

/** Everything in a stored record that must not be seen, the record itself included. */
export function secretsIn(stored: string): readonly string[] {
  const { token } = readSecret(stored);
  return [...new Set([stored, token, ...partsOfSecret(token)])];
}
