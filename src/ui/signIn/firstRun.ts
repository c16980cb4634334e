// The kernel picker's entry for users without a kernel: running a cell with it signs in, starts the server, and runs the cell.
import * as vscode from "vscode";
import type { Account } from "../../hub/account/account";
import type { AppContext } from "../context";
import type { Notebooks } from "../notebook/register";
import { selectKernel } from "../notebook/picker/selectKernel";
import { reporting } from "../report";
import { createNotebookController, describeController } from "../say/items";
import { signInForServer } from "./signIn";

const controllerId = "jupyterhub-connect.first-run";

/** Offers the entry for as long as no kernel of any hub is known. */
export function registerFirstRun(app: AppContext, notebooks: Notebooks): { dispose(): void } {
  return new FirstRun(app, notebooks);
}

class FirstRun {
  readonly #app: AppContext;
  readonly #notebooks: Notebooks;
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #busy = new Set<vscode.NotebookDocument>();
  #controller: vscode.NotebookController | undefined;

  constructor(app: AppContext, notebooks: Notebooks) {
    this.#app = app;
    this.#notebooks = notebooks;
    this.#subscriptions = [
      app.hubs.onDidChange(() => this.#follow()),
      app.servers.onDidChange(() => this.#follow()),
      notebooks.controllers.labels.onDidChange(() => {
        if (this.#controller) this.#controller.supportedLanguages = this.#labels;
      }),
    ];
    this.#follow();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#controller?.dispose();
  }

  /** Which kernel it will be is not known yet: VS Code's new notebooks are Python's. */
  get #labels(): string[] {
    return this.#notebooks.controllers.labels.of("python");
  }

  #follow(): void {
    // Not under the hands of a run that is on its way to a kernel.
    if (this.#busy.size > 0) return;
    if (this.#app.servers.all.some(({ kernelSpecs }) => kernelSpecs !== undefined)) {
      this.#controller?.dispose();
      this.#controller = undefined;
      return;
    }
    const controller = (this.#controller ??= this.#create());
    const [account] = this.#app.hubs.accounts;
    const detail = account ? "Starts your server and runs there" : "Signs in to your hub and runs there";
    describeController(controller, { description: account?.label ?? "", detail });
  }

  #create(): vscode.NotebookController {
    const controller = createNotebookController(controllerId, "jupyter-notebook", "JupyterHub Connect");
    controller.supportsExecutionOrder = true;
    controller.supportedLanguages = this.#labels;
    // Not awaited: a cell counts as running until the handler returns, and could not be run by the kernel that is found.
    controller.executeHandler = (cells, notebook) =>
      void reporting(this.#app, "The first run of a notebook", () => this.#run(cells, notebook));
    return controller;
  }

  async #run(cells: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument): Promise<void> {
    if (this.#busy.has(notebook)) return;
    this.#busy.add(notebook);
    try {
      const { account, server } = await this.#signedIn();
      await vscode.window.showNotebookDocument(notebook, { preserveFocus: false });
      await selectKernel(this.#app, this.#notebooks.controllers, { account: account.id, server });
    } finally {
      this.#busy.delete(notebook);
      this.#follow();
    }
    const ranges = cells.filter(({ index }) => index >= 0).map(({ index }) => ({ start: index, end: index + 1 }));
    await vscode.commands.executeCommand("notebook.cell.execute", { ranges, document: notebook.uri });
  }

  async #signedIn(): Promise<{ account: Account; server: string }> {
    const account = this.#app.hubs.accounts.find(({ state }) => state === "signed-in");
    if (account) return { account, server: "" };
    const signedOut = this.#app.hubs.accounts[0];
    return signInForServer(this.#app, signedOut && { url: signedOut.hub.href, userName: signedOut.userName });
  }
}
