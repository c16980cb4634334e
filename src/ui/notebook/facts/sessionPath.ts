// Path and name of a notebook's session on a server.
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import type { NotebookRef } from "../../../app/notebooks/notebookSessions";
import type { Server } from "../../../app/servers/server";
import { authorityOf, serverScheme } from "../../../app/files/serverAddress";
import { mappedPath } from "../serverFolders";

/** A notebook's place on the server of its kernel. */
export interface SessionPlace extends Pick<NotebookRef, "path" | "name"> {
  /** The notebook itself is there: the path is its own, and follows it only. */
  readonly isOwn: boolean;
}

/**
 * The session's path: the notebook's own where it is on this server, or mapped to it; else one that is readable in
 * JupyterLab and no other notebook's.
 */
export function placeOf({ uri, isUntitled }: vscode.NotebookDocument, server: Server): SessionPlace {
  const name = uri.path.split("/").pop() ?? "notebook.ipynb";
  if (isOnServer(uri, server)) return { path: uri.path.slice(1), name, isOwn: true };
  const mapped = isUntitled ? undefined : mappedPath(uri);
  if (mapped !== undefined) return { path: mapped, name, isOwn: false };
  const stem = name.replace(/\.ipynb$/i, "");
  // Two windows may each have an "Untitled-1".
  const place = isUntitled ? vscode.env.sessionId : vscode.env.machineId;
  const mark = createHash("sha256").update(`${place} ${uri.toString()}`).digest("hex").slice(0, 8);
  return { path: `${stem}-${mark}.ipynb`, name, isOwn: false };
}

/** Whether what has this URI is a file of this server. */
export function isOnServer(uri: vscode.Uri, server: Server): boolean {
  return uri.scheme === serverScheme && uri.authority.toLowerCase() === authorityOf(server);
}
