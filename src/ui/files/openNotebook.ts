// Opening notebooks on a server, and the files beside them.
import * as vscode from "vscode";
import { authorityOf, serverScheme } from "../../app/files/serverAddress";
import type { Server } from "../../app/servers/server";
import { ProductError } from "../../base/errors";
import { getContents } from "../../services/contents/client";
import { normalizedPath } from "../../services/contents/path";
import type { AppContext } from "../context";
import { chooseServer } from "../servers/choose";
import { startForPerson, startServer } from "../servers/start";
import { chooseFile } from "./chooseFile";

/** The URI of a file on a server. */
export function uriOf(server: Server, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: serverScheme, authority: authorityOf(server), path: `/${normalizedPath(path)}` });
}

/**
 * Opens a notebook of a server, which is started if need be.
 * @param serverId see `Server.id`
 * @param path from the folder that JupyterLab shows first
 * @returns its URI as text
 * @throws ProductError `signed-out` for an unknown server, `not-found`, and as a start
 */
export async function openServerNotebook(app: AppContext, serverId: string, path: string): Promise<string> {
  return openFile(await startedServer(app, serverId), path);
}

/** The server of this id, which is started if need be. @throws ProductError `signed-out` for an unknown one, and as a start */
export async function startedServer(app: AppContext, serverId: string): Promise<Server> {
  const server = app.servers.find(serverId);
  if (!server) throw new ProductError("signed-out", `There is no server “${serverId}”. Sign in to its hub first.`);
  await startServer(app, server);
  return server;
}

/** Lets the user choose server and file. */
export async function openChosen(app: AppContext): Promise<void> {
  const server = await chooseServer(app, () => true, "Open a notebook on which server?");
  if (!server || !(await startForPerson(app, server))) return;
  const path = await chooseFile(server);
  if (path !== undefined) await openFile(server, path);
}

/**
 * Opens a notebook of a running server.
 * @returns its URI as text
 * @throws ProductError `not-found` where there is no such file, `usage` where it is a directory, `server-stopped`
 */
export async function openFile(server: Server, path: string): Promise<string> {
  const { services } = server;
  if (!services) throw new ProductError("server-stopped", `The server of ${server.label} was stopped meanwhile. Start it and try again.`);
  // VS Code's own words for what is not there say nothing of the server.
  const { type } = await getContents(services.settings, path, { content: false });
  if (type === "directory") throw new ProductError("usage", `“${path}” is a directory on ${server.label}. Choose a notebook in it.`);
  const uri = uriOf(server, path);
  // Not by `openNotebookDocument`: VS Code would hold the document for minutes after it was closed.
  await vscode.commands.executeCommand("vscode.open", uri, { preview: false });
  return uri.toString();
}
