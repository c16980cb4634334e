// Token check: asks the hub whether a token is still valid, once for all concurrent callers.
import { ProductError, hasCode, HttpError } from "../../base/errors";
import { hubName } from "../api/hubName";
import type { HubClient } from "../api/client";
import type { HubUser } from "../api/model";

export type Verdict = "valid" | "replaced" | "invalid";

/** Single flight: concurrent questions about the same token share one request. */
export class TokenChecks {
  readonly #running = new Map<string, Promise<Verdict>>();

  once(token: string, ask: () => Promise<Verdict>): Promise<Verdict> {
    const running = this.#running.get(token);
    if (running) return running;
    const check = ask().finally(() => this.#running.delete(token));
    this.#running.set(token, check);
    return check;
  }
}

/**
 * Asks the hub whose token `client` sends. A refusal that is not the hub's own (a network's sign-in page, a proxy)
 * proves nothing.
 * @returns undefined where the token holds no more
 * @throws ProductError where the hub cannot be asked: that is no sign-out
 */
export async function ownerOfToken(client: HubClient): Promise<HubUser | undefined> {
  try {
    return await client.user();
  } catch (error) {
    if (!hasCode(error, "signed-out")) throw error;
    if (error instanceof HttpError && (error.status === 401 || error.status === 403) && isJson(error.body)) return undefined;
    throw new ProductError(
      "unreachable",
      `Something on the network answers instead of ${hubName(client.settings.baseUrl)}, perhaps a sign-in page of the network or a proxy. Check your connection or VPN and try again.`,
      { cause: error },
    );
  }
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}
