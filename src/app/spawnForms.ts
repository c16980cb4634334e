// SpawnForms: the way to the hub's spawn page, and whether a hub has one with something to choose.
import type { Ports } from "./ports";
import type { Server } from "./server";

const prefix = "spawnForm:";

/** What is known of the spawn pages of hubs. */
export class SpawnForms {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
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
