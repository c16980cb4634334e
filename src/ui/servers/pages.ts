// The hub's pages of a server, in the browser.
import * as vscode from "vscode";
import type { Server } from "../../app/servers/server";

/** The hub's page of all servers. */
export async function openServerPage(server: Server): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(new URL("hub/home", server.account.hub).href, true));
}

/** The hub's page where a stopped server is started, with a choice of options where the hub has some. */
export function spawnPage({ account, owner, name }: Server): URL {
  const path = [owner, name].filter(Boolean).map(encodeURIComponent).join("/");
  return new URL(`hub/spawn/${path}`, account.hub);
}
