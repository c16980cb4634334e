// SpawnForms: reads the hub's spawn page: whether there is something to choose, and the options.
import type { Account } from "../../hub/account/account";
import type { SpawnForm } from "../../hub/pages/spawnForm";
import { offersIn, offersOf, offersRecord, type Offers } from "./offeredOptions";
import type { Memory, Ports } from "../ports";
import type { Server } from "./server";

const prefix = "spawnForm:";

/** Knowledge about the spawn pages of hubs. */
export class SpawnForms {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Whether this hub has been seen to offer a choice: then asking for its page starts nothing. */
  isKnown({ account }: Pick<Server, "account">): boolean {
    return this.#ports.memory.get(keyOf(account)) !== undefined;
  }

  /** Notes the result of requesting the page. @param form undefined where there is nothing to choose */
  async note({ account }: Pick<Server, "account">, form: SpawnForm | undefined): Promise<void> {
    const known = this.#ports.memory.get(keyOf(account));
    const record = form && offersRecord(offersOf(form));
    if (JSON.stringify(known) !== JSON.stringify(record)) await this.#ports.memory.set(keyOf(account), record);
  }
}

/** The options that the hub's spawn page was seen to offer. */
export function offersOn(memory: Memory, account: Pick<Account, "hub">): Offers {
  return offersIn(memory.get(keyOf(account)));
}

function keyOf({ hub }: Pick<Account, "hub">): string {
  return prefix + hub.href;
}
