// Stopping, restarting and deleting servers, after one question that says what is lost.
import * as vscode from "vscode";
import type { Server } from "../../app/servers/server";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import { withProgress } from "../say/messages";
import { startForPerson, stopWithProgress } from "./start";

/** @returns once it is stopped, or the user has changed their mind */
export async function stopServer(app: AppContext, server: Server): Promise<void> {
  const detail = `${whatEnds(server)} Files stay.`;
  if (await confirm({ title: `Stop the server of ${server.label}?`, detail, button: "Stop Server" })) await stopWithProgress(app, server);
}

/** @returns whether it runs again */
export async function restartServer(app: AppContext, server: Server): Promise<boolean> {
  const detail = `${whatEnds(server)} Files stay. It starts with the same options.`;
  if (!(await confirm({ title: `Restart the server of ${server.label}?`, detail, button: "Restart Server" }))) return false;
  return startForPerson(app, server, { restart: true });
}

/** @returns once it is gone, or the user has changed their mind */
export async function deleteServer(app: AppContext, server: Server): Promise<void> {
  const runs = server.state === "stopped" ? "" : `${whatEnds(server)} `;
  const detail = `${runs}The hub forgets it and its options. On hubs that give each server a storage of its own, its files are deleted too.`;
  const title = `Delete the server “${server.displayName}” of ${server.account.label}?`;
  if (!(await confirm({ title, detail, button: "Delete Server" }))) return;
  const progress = { location: vscode.ProgressLocation.Notification, title: `Deleting the server of ${server.label}…` };
  await withProgress(progress, () => app.servers.delete(server));
}

/** The losses by stopping it, by the names people know. */
function whatEnds({ services, state }: Server): string {
  if (state === "starting") return "Its start ends.";
  const kernels = services?.kernels.running.length ?? 0;
  if (kernels === 0) return "Whatever runs on it ends.";
  const names = (services?.sessions.running ?? []).map(({ name, path }) => `“${name || path}”`);
  const some = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names;
  const whose = some.length === 0 ? "" : ` (${some.join(", ")})`;
  return `${kernels === 1 ? "Its running kernel ends" : `Its ${kernels} running kernels end`} and the variables are lost${whose}.`;
}
