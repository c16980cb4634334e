// Servers that others share with a user, and the scope to list them, which the hub token gets only where there is something to list.
import { fixedToken } from "../../transport/settings";
import { HubClient, type CallOptions } from "./client";
import { isRefusal } from "../account/mint";
import type { SharedServer } from "./model";
import type { TokenRecord } from "../account/tokenRecord";

/** Beside those that every hub token has. */
const listScope = "read:users:shares!user";
/** Seconds that the token holds that only looks. */
const lookLifetime = 60;

export interface SharesOptions {
  /** With the account's own token. */
  readonly client: HubClient;
  readonly userName: string;
  readonly secret: () => Promise<TokenRecord | undefined>;
  /** Adds these scopes to the account's token. */
  readonly widen: (scopes: readonly string[]) => Promise<void>;
}

/** The shares of one account. */
export class Shares {
  readonly #with: SharesOptions;
  /** That there is none: nobody is asked again, in this window. */
  #none = false;

  constructor(options: SharesOptions) {
    this.#with = options;
  }

  /**
   * The servers that others share with the user. Where our token may not see them, another one that can do nothing
   * else looks once; if there are some, ours gets the right to.
   * @throws ProductError where the hub cannot be asked
   */
  async list(options: CallOptions = {}): Promise<readonly SharedServer[]> {
    const { client, userName } = this.#with;
    if (this.#none) return [];
    if (!(await this.#mayNotList())) return client.sharedServers(userName, options);
    // Shares came with hub 5; earlier ones fail on scopes that they do not know.
    const seen = (await client.majorVersion(options)) < 5 ? [] : await this.#look(options);
    if (seen.length === 0) this.#none = true;
    else await this.#with.widen([listScope]);
    return seen;
  }

  /** Gives our token the right to list them. @throws HttpError where the hub refuses */
  async allowList(): Promise<void> {
    await this.#with.widen([listScope]);
  }

  /** A given token may or may not have the right: a request shows it. */
  async #mayNotList(): Promise<boolean> {
    const secret = await this.#with.secret();
    return secret?.origin === "minted" && secret.scopes?.includes(listScope) !== true;
  }

  async #look(options: CallOptions): Promise<readonly SharedServer[]> {
    const { client, userName } = this.#with;
    try {
      const note = "JupyterHub Connect looks for what is shared with you";
      const looking = await client.createToken(userName, { note, expiresIn: lookLifetime, scopes: [listScope] });
      try {
        return await new HubClient({ ...client.settings, token: fixedToken(looking.token) }).sharedServers(userName, options);
      } finally {
        await client.deleteToken(userName, looking.id);
      }
    } catch (error) {
      if (isRefusal(error)) return [];
      throw error;
    }
  }
}
