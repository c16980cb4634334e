// Local folders that exist on the server too: the setting, the command that makes it, and the offer where it would help.
import path from "node:path";
import * as vscode from "vscode";
import { atHome } from "../../app/files/homeFolder";
import type { Server } from "../../app/servers/server";
import { readServerFolders, serverPathOf, type FolderPair } from "../../app/files/serverFolders";
import { ProductError, hasCode } from "../../base/errors";
import { trimmed } from "../../base/text";
import { getContents } from "../../services/contents/client";
import type { AppContext } from "../context";
import { showInputBox } from "../say/boxes";
import { showInformationMessage } from "../say/messages";
import { inspectSetting, readSetting, writeSetting } from "../settings";

/** Where a local file is on the server, by the setting; undefined where it is in no folder that is. */
export function mappedPath(uri: vscode.Uri): string | undefined {
  return uri.scheme === "file" ? serverPathOf(uri.path, serverFolders()) : undefined;
}

/** The local folder of a notebook that may be on the server too. @throws ProductError `usage` where it is in none */
function localFolderOf(notebook: vscode.NotebookDocument): vscode.Uri {
  const { uri, isUntitled } = notebook;
  if (uri.scheme !== "file" || isUntitled) throw new ProductError("usage", "Save the notebook in a folder of this computer first.");
  return vscode.workspace.getWorkspaceFolder(uri)?.uri ?? vscode.Uri.joinPath(uri, "..");
}

/**
 * Asks where a local folder is on the server and writes it into the settings.
 * @param given the answer; nothing is asked
 * @returns whether it was written
 */
async function setServerFolder(folder: vscode.Uri, server: Server, given?: string): Promise<boolean> {
  const name = path.posix.basename(folder.path);
  const present = serverPathOf(`${folder.path}/x`, serverFolders())?.split("/").slice(0, -1).join("/");
  const answer =
    given ??
    (await showInputBox({
      title: `Where is the folder “${name}” on ${server.label}?`,
      prompt: "Counted from the folder that JupyterLab shows first, such as teaching/course; empty for that one itself.",
      value: present ?? name,
    }));
  if (answer === undefined) return false;
  const wanted = trimmed(answer.trim(), "/");
  // It cannot be checked on a server that does not run.
  if (wanted !== "" && server.services && !(await hasFolder(server, wanted))) {
    throw new ProductError(
      "not-found",
      `There is no folder “${wanted}” on ${server.label}. Create it there, with the files that your notebooks read, or give another one.`,
    );
  }
  const { own } = inspectSetting("serverFolders");
  await writeSetting("serverFolders", { ...(typeof own === "object" && own), [folder.fsPath]: wanted });
  return true;
}

/** Sets the folders, for the user or by what they say to offers. */
export class ServerFolders {
  readonly #app: AppContext;
  readonly #startAnew: (notebook: vscode.NotebookDocument) => Promise<void>;
  readonly #seen = new Set<string>();

  /** @param startAnew shuts the notebook's kernel down and starts another */
  constructor(app: AppContext, startAnew: (notebook: vscode.NotebookDocument) => Promise<void>) {
    this.#app = app;
    this.#startAnew = startAnew;
  }

  /**
   * Sets where the notebook's folder is on its server.
   * @param given where that is, and that a kernel that works elsewhere is to be started anew; nothing is asked
   * @throws ProductError `usage` where the notebook is in no folder, `not-found` where the server has none of that name
   */
  async set(notebook: vscode.NotebookDocument, server: Server, given?: string): Promise<void> {
    if (await setServerFolder(localFolderOf(notebook), server, given)) await this.#move(notebook, given !== undefined);
  }

  /**
   * The notebook has a kernel of this server now. Where the server has a folder of the same name as the notebook's, that
   * is likely the one to work in: offers it, once for each folder and server.
   */
  async offer(notebook: vscode.NotebookDocument, server: Server): Promise<void> {
    const folder = notebook.uri.scheme === "file" ? vscode.workspace.getWorkspaceFolder(notebook.uri)?.uri : undefined;
    if (!folder || mappedPath(notebook.uri) !== undefined) return;
    const key = `serverFolder:${folder.toString()} ${server.id}`;
    if (this.#seen.has(key) || this.#app.memory.get(key) !== undefined) return;
    this.#seen.add(key);
    const name = path.posix.basename(folder.path);
    if (name === "" || !(await this.#has(server, name))) return;
    const [same, other, no] = [`Use “${name}”`, "Choose Another…", "No"];
    const text = `${server.label} has a folder “${name}” too. Let the kernels of this folder's notebooks work there, so that they find its files?`;
    const answer = await showInformationMessage(text, same, other, no);
    if (answer === undefined) return;
    await this.#app.memory.set(key, true);
    if (answer === no) return;
    if (await setServerFolder(folder, server, answer === same ? name : undefined)) await this.#move(notebook, false);
  }

  /** Nobody has asked for this: what fails is no news. */
  async #has(server: Server, name: string): Promise<boolean> {
    try {
      return await hasFolder(server, name);
    } catch (error) {
      this.#app.log.debug(`${server.label} was not asked for the folder ${name}`, error);
      return false;
    }
  }

  /** A kernel that works elsewhere stays there until it is started anew. */
  async #move(notebook: vscode.NotebookDocument, confirmed: boolean): Promise<void> {
    const kernel = this.#app.notebookSessions.get(notebook.uri.toString());
    if (!kernel || kernel.session.path === mappedPath(notebook.uri)) return;
    const anew = "Start New Kernel";
    const text = `The kernel of ${path.posix.basename(notebook.uri.path)} works in another folder until it is started anew. Its variables are lost by that.`;
    const agrees = confirmed || (await showInformationMessage(text, anew)) === anew;
    if (agrees) await this.#startAnew(notebook);
  }
}

function serverFolders(): readonly FolderPair[] {
  return readServerFolders(readSetting("serverFolders"), (folder) => {
    const place = atHome(folder.trim());
    // Documents have their drive's letter in lower case.
    return path.isAbsolute(place) ? vscode.Uri.file(place).path.replace(/^\/[A-Z]:/, (drive) => drive.toLowerCase()) : undefined;
  });
}

/** Whether the server has this folder. A server that does not run, or is none of folders, has none. */
async function hasFolder({ services }: Server, folder: string): Promise<boolean> {
  if (!services) return false;
  try {
    return (await getContents(services.settings, folder, { content: false })).type === "directory";
  } catch (error) {
    if (hasCode(error, "not-found", "forbidden", "server-error")) return false;
    throw error;
  }
}
