// Hosts on which servers may be: the hub's own and those below it, and others that the user has agreed to.
import { ProductError } from "../../base/errors";
import type { Account } from "../../hub/account/account";
import type { ServerPlace } from "../../hub/api/serverPlace";
import type { Ports } from "../ports";

const prefix = "serverHost:";

/** Remembers what the user has agreed to, each host of each hub under a key of its own. */
export class ServerPlaces {
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Whether a server of the account may be sent anything at `place` without asking the user. */
  allows(account: Account, place: ServerPlace): boolean {
    if (place.isDowngraded) return false;
    return !place.isForeign || this.#ports.memory.get(keyOf(account, place)) === true;
  }

  /**
   * Asks the user, once, about a host that is not the hub's.
   * @throws ProductError `forbidden` where the server must not be used there; `aborted` where the user does not want it
   */
  async confirm(account: Account, place: ServerPlace): Promise<void> {
    if (this.allows(account, place)) return;
    const { hostname, host, origin } = place.url;
    const hub = account.hub.host;
    if (place.isDowngraded) {
      throw new ProductError(
        "forbidden",
        `${hub} says that the server is at ${origin}, where everybody on the network could read along. Ask the hub's administrator to give its address with https (public_url or subdomain_host in the hub's settings).`,
      );
    }
    if (!this.#ports.confirmServerHost) {
      throw new ProductError(
        "forbidden",
        `${hub} says that the server is on another host, ${hostname}. Start it from the JupyterHub Connect view, where you are asked whether to go there.`,
      );
    }
    if (!(await this.#ports.confirmServerHost(hub, host))) throw new ProductError("aborted", `The server on ${hostname} is not used.`);
    await this.#ports.memory.set(keyOf(account, place), true);
  }
}

function keyOf(account: Account, { url }: ServerPlace): string {
  return `${prefix}${account.id}#${url.origin}`;
}
