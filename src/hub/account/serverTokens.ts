// The server tokens of one account, and the settings of requests to its servers, which carry them.
import type { Disposable } from "../../base/disposable";
import { serverSettings, type ServerSettings, type ServerSettingsOptions } from "../../transport/settings";
import { ServerToken, type ServerIdentity, type ServerTokenOptions } from "./serverToken";

export interface ServerTokensOptions extends Omit<ServerTokenOptions, "server"> {
  /** The account's id, with which those of its servers begin. */
  readonly accountId: string;
  /** Of requests to servers: what the account was given for all of its requests. */
  readonly settings: Partial<ServerSettingsOptions>;
}

/** One `ServerToken` for each server that is used. */
export class ServerTokens implements Disposable {
  readonly #with: ServerTokensOptions;
  readonly #tokens = new Map<string, ServerToken>();

  constructor(options: ServerTokensOptions) {
    this.#with = options;
  }

  /**
   * Settings of requests to a server at `url`. They carry its own token and follow no clock but the hub's: what another
   * user's server says of the time counts for nothing.
   */
  settings(server: ServerIdentity, url: URL, label: string): ServerSettings {
    return serverSettings({ ...this.#with.settings, baseUrl: url, wsUrl: url, label, token: this.#of(server) });
  }

  /** Revokes and forgets the token of a server that was deleted. */
  async forget(server: ServerIdentity): Promise<void> {
    await this.#of(server).forget();
    this.#tokens.get(server.id)?.dispose();
    this.#tokens.delete(server.id);
  }

  /** The record of that id has changed, here or in another window. */
  async follow(id: string): Promise<void> {
    await this.#tokens.get(id)?.follow();
  }

  /** Takes all of them out of the store, those of other windows too; whoever calls it revokes them. */
  async remove(): Promise<void> {
    await Promise.all([...this.#tokens.values()].map((token) => token.settled()));
    this.dispose();
    const { store, accountId } = this.#with;
    for (const id of store.ids()) if (id.startsWith(`${accountId}/`)) await store.delete(id);
  }

  dispose(): void {
    for (const token of this.#tokens.values()) token.dispose();
    this.#tokens.clear();
  }

  #of(server: ServerIdentity): ServerToken {
    const token = this.#tokens.get(server.id) ?? new ServerToken({ ...this.#with, server });
    this.#tokens.set(server.id, token);
    return token;
  }
}
