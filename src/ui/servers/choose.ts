// Selection of the server, or account, that a command is about: given, the only one, or the user's pick.
import type { Server } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import type { Account } from "../../hub/account/account";
import type { AppContext } from "../context";
import { showQuickPick } from "../say/boxes";
import { chooseAccount } from "../signIn/signIn";

/** A server as a caller of a command names it. */
export interface ServerArguments {
  /** The account's id, as signing in gave it; by default the one that signed in first. */
  readonly account?: string;
  /** The server's name; "" is the default server. */
  readonly server?: string;
  /** Whose it is, where somebody else shares it. */
  readonly owner?: string;
  /** The user agrees: nothing is asked. Wanted by commands that end or delete something. */
  readonly confirmed?: true;
}

/** @throws ProductError `signed-out` where there is no such account */
export function givenAccount(app: AppContext, { account }: Pick<ServerArguments, "account">): Account {
  const found = account === undefined ? app.hubs.accounts[0] : app.hubs.find(account);
  if (found) return found;
  throw new ProductError(
    "signed-out",
    account === undefined
      ? "You are not signed in to any JupyterHub. Sign in first."
      : `You are not signed in as “${account}”. Sign in first.`,
  );
}

/** @throws ProductError as `givenAccount` */
export function givenServer(app: AppContext, given: ServerArguments): Server {
  return app.servers.get(givenAccount(app, given), given.server ?? "", given.owner);
}

/** The only server for which `accept` holds, or the one the user picks; undefined where they cancelled. */
export async function chooseServer(app: AppContext, accept: (server: Server) => boolean, title: string): Promise<Server | undefined> {
  if (app.hubs.accounts.length === 0) await chooseAccount(app);
  const servers = app.servers.all.filter(accept);
  if (servers.length === 0) throw new ProductError("usage", "There is no such server now. Look into the JupyterHub Connect view.");
  if (servers.length === 1) return servers[0];
  const items = servers.map((server) => ({ label: server.label, description: server.state, server }));
  return (await showQuickPick(items, { title }))?.server;
}
