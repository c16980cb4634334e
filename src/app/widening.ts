// Rights that a token gets only when the person uses what needs them.
import { HttpError } from "../base/errors";
import type { Account } from "../hub/account";
import type { Server } from "./server";

/** An account whose token can be replaced by one with more scopes; one that cannot has all it will ever have. */
export interface Widening {
  /** @throws HttpError where the hub refuses: it does not know the scopes, or the person does not have them */
  widen?(scopes: readonly string[]): Promise<void>;
}

/** To see which servers others share with the person. */
export const sharesScope = "read:users:shares!user";

/** To report activity of the person's servers to the hub. */
export const activityScope = "users:activity!user";

/** To use a server of somebody else. */
export function accessScope({ owner, name }: Server): string {
  return `access:servers!server=${owner}/${name}`;
}

/**
 * Has the account's token hold `scope` from now on, as far as that can be had.
 * @returns whether the hub may let it be used now; false where it has refused
 */
export async function widen(account: Account & Widening, scope: string): Promise<boolean> {
  try {
    await account.widen?.([scope]);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status >= 400 && error.status < 500) return false;
    throw error;
  }
}
