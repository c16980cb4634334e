// SpawnForms: the way to the hub's spawn page, and whether a hub has one with something to choose.
import type { Account } from "../hub/account";
import type { Ports } from "./ports";
import type { Server } from "./server";

const prefix = "spawnForm:";

/** Where an account keeps the cookies of its session for the hub's pages; `Account` is one where it has them. */
export interface PageSession {
  /** A secret; undefined where the account was not signed in with a password. */
  pageCookies?(): Promise<string | undefined>;
}

/** What is known of the spawn pages of hubs. */
export class SpawnForms {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** The cookies with which the account's spawn page can be read; undefined where there are none. */
  async cookies(account: Account & PageSession): Promise<string | undefined> {
    return account.pageCookies?.();
  }

  /** Whether this hub has been seen to offer a choice: then asking for its page starts nothing. */
  isKnown(server: Pick<Server, "account">): boolean {
    return this.#ports.memory.get(prefix + server.account.hub.href) === true;
  }

  /** What asking for the page has shown. */
  async note(server: Pick<Server, "account">, hasForm: boolean): Promise<void> {
    if (this.isKnown(server) === hasForm) return;
    await this.#ports.memory.set(prefix + server.account.hub.href, hasForm ? true : undefined);
  }
}
