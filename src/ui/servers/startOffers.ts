// Offer to start the server of a picked kernel that is not running.
import * as vscode from "vscode";
import { isShared, type Server } from "../../app/servers/server";
import type { AppContext } from "../context";
import { reporting } from "../report";
import { showInformationMessage } from "../say/messages";
import { askHowToStart } from "./options";
import { startForPerson } from "./start";

/** Milliseconds within which VS Code gives an opened notebook back the kernel that it had; a user takes longer. */
const restoring = 3_000;

/** Offers, once at a time for each server; running a cell starts the server without any. */
export class StartOffers implements vscode.Disposable {
  readonly #app: AppContext;
  /** When each open notebook was opened, as far as that was seen. */
  readonly #opened = new WeakMap<vscode.NotebookDocument, number>();
  readonly #offered = new Set<string>();
  readonly #subscription: vscode.Disposable;

  constructor(app: AppContext) {
    this.#app = app;
    for (const notebook of vscode.workspace.notebookDocuments) this.#opened.set(notebook, Date.now());
    this.#subscription = vscode.workspace.onDidOpenNotebookDocument((notebook) => this.#opened.set(notebook, Date.now()));
  }

  /** The notebook has a kernel of this server now: by the user's hand, or as it had one before. */
  async picked(notebook: vscode.NotebookDocument, server: Server): Promise<void> {
    const isRestored = Date.now() - (this.#opened.get(notebook) ?? 0) < restoring;
    if (isRestored || isShared(server) || server.state !== "stopped" || this.#offered.has(server.id)) return;
    this.#offered.add(server.id);
    try {
      await reporting(this.#app, "The offer to start a server", () => this.#offer(server));
    } finally {
      this.#offered.delete(server.id);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #offer(server: Server): Promise<void> {
    // The server may have been started elsewhere since the hub was asked.
    await this.#app.servers.refresh(server.account);
    if (server.state !== "stopped") return;
    const start = "Start Server";
    const choose = "Start with Options…";
    const text = `The server of ${server.label} is not running. It also starts when you run a cell.`;
    const choice = await showInformationMessage(text, start, choose);
    if (choice === undefined) return;
    const how = choice === choose ? await askHowToStart(this.#app, server) : {};
    if (how) await startForPerson(this.#app, server, how);
  }
}
