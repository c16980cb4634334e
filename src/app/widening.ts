// Rights that an account's token gets only when the person uses what needs them.
import { HttpError } from "../base/errors";
import type { Account } from "../hub/account";
import type { CallOptions } from "../hub/client";
import type { SharedServer } from "../hub/model";
import type { Server } from "./server";

/** An account whose token can get more rights; one without these has all the rights it will ever have. */
export interface Widening {
  /** @throws HttpError where the hub refuses: it does not know the scopes, or the person does not have them */
  widen?(scopes: readonly string[]): Promise<void>;
  readonly shares?: {
    /** The servers that others share with the person. */
    list(options: CallOptions): Promise<readonly SharedServer[]>;
    /** Gives the token the right to use one of them. */
    use(owner: string, server: string): Promise<void>;
  };
}

/** To report activity of the person's servers to the hub. */
const activityScope = "users:activity!user";

/** What others share with the account. @throws ConnectError where the hub cannot be asked */
export function listShared(account: Account & Widening, options: CallOptions): Promise<readonly SharedServer[]> {
  return account.shares?.list(options) ?? account.client.sharedServers(account.userName, options);
}

/** A server of somebody else is about to be used. @throws HttpError where it is not shared any more */
export async function useShared({ account, owner, name }: { readonly account: Account & Widening } & Pick<Server, "owner" | "name">): Promise<void> {
  await account.shares?.use(owner, name);
}

/**
 * Activity of the account's servers is about to be reported.
 * @returns whether the hub may take it; false where it has refused the right to
 */
export async function mayReportActivity(account: Account & Widening): Promise<boolean> {
  try {
    await account.widen?.([activityScope]);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status >= 400 && error.status < 500) return false;
    throw error;
  }
}
