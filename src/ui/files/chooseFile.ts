// Choosing a file of a server by walking through its directories.
import * as vscode from "vscode";
import { isNotebook } from "../../app/files/notebookTrust";
import type { Server } from "../../app/servers/server";
import { messageOf } from "../../base/errors";
import { listDirectory } from "../../services/contents/client";
import type { ContentsModel } from "../../services/contents/model";
import { createQuickPick } from "../say/boxes";

interface Entry extends vscode.QuickPickItem {
  readonly path: string;
  readonly isDirectory: boolean;
}

/** The chosen file's path from the server's root; undefined where the user has changed their mind. */
export function chooseFile(server: Server): Promise<string | undefined> {
  const walk = new Walk(server);
  return walk.chosen;
}

/** One quick pick, which shows one directory after the other. */
class Walk {
  readonly chosen: Promise<string | undefined>;
  readonly #server: Server;
  readonly #pick = createQuickPick<Entry>();
  /** Aborts the listing under way; another directory, or the end, makes it void. */
  #listing: AbortController | undefined;

  constructor(server: Server) {
    this.#server = server;
    this.#pick.placeholder = "Choose a notebook";
    this.#pick.ignoreFocusOut = true;
    this.chosen = new Promise((resolve) => {
      this.#pick.onDidAccept(() => {
        const [entry] = this.#pick.selectedItems;
        if (entry?.isDirectory) void this.#show(entry.path);
        else if (entry) this.#end(resolve, entry.path);
      });
      this.#pick.onDidTriggerButton(() => void this.#show(""));
      this.#pick.onDidHide(() => this.#end(resolve, undefined));
    });
    this.#pick.show();
    void this.#show("");
  }

  /** @param directory "" for the server's root */
  async #show(directory: string): Promise<void> {
    const listing = new AbortController();
    this.#listing?.abort();
    this.#listing = listing;
    const place = directory === "" ? this.#server.label : `${this.#server.label} · ${directory}`;
    this.#pick.title = place;
    this.#pick.busy = true;
    this.#pick.value = "";
    const back = directory === "" ? [] : [entry("..", parentOf(directory), true, "arrow-up")];
    this.#pick.items = back;
    const home = { iconPath: new vscode.ThemeIcon("home"), tooltip: "First Folder" };
    this.#pick.buttons = directory === "" ? [] : [home];
    try {
      const { services } = this.#server;
      const models = services ? await listDirectory(services.settings, directory, { signal: listing.signal }) : [];
      if (listing.signal.aborted) return;
      this.#pick.items = [
        ...back,
        ...sorted(models).map(({ name, path, type }) => entry(name, path, type === "directory", iconOf(name, type))),
      ];
      this.#pick.activeItems = this.#pick.items.slice(back.length, back.length + 1);
      this.#pick.placeholder = models.length === 0 ? "This folder is empty" : "Choose a notebook";
    } catch (error) {
      if (listing.signal.aborted) return;
      this.#pick.items = [...back, { ...entry("Try Again", directory, true, "refresh"), detail: messageOf(error), alwaysShow: true }];
    }
    this.#pick.busy = false;
  }

  #end(resolve: (path: string | undefined) => void, path: string | undefined): void {
    resolve(path);
    this.#listing?.abort();
    this.#pick.dispose();
  }
}

function entry(name: string, path: string, isDirectory: boolean, icon: string): Entry {
  return { label: name, iconPath: new vscode.ThemeIcon(icon), path, isDirectory };
}

function iconOf(name: string, type: string): string {
  if (type === "directory") return "folder";
  return isNotebook(name) ? "notebook" : "file";
}

/** Notebooks and folders, then the rest; each by name as people count. */
function sorted(models: readonly ContentsModel[]): ContentsModel[] {
  const weight = ({ name, type }: ContentsModel): number => (type === "directory" ? 1 : isNotebook(name) ? 0 : 2);
  return [...models].sort((one, other) => weight(one) - weight(other) || one.name.localeCompare(other.name, undefined, { numeric: true }));
}

function parentOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}
