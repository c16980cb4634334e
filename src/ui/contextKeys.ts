// Context keys for commands, welcome views and the walkthrough, set as they change.
import * as vscode from "vscode";
import type { AppContext } from "./context";
import type { ContextKey } from "./contributed/contextKeys";

/** Follows the application for as long as the window is open. */
export function registerContextKeys(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): void {
  const keys = new ContextKeys();
  const follow = (): void => {
    const { accounts } = app.hubs;
    const states = app.servers.all.map(({ state }) => state);
    keys.set("accounts", accounts.length > 0);
    keys.set(
      "signedIn",
      accounts.some(({ state }) => state === "signed-in"),
    );
    keys.set("hubsInSettings", app.hubs.configured.length > 0);
    keys.set("canStart", states.includes("stopped"));
    keys.set(
      "canStop",
      states.some((state) => state === "running" || state === "starting"),
    );
  };
  follow();
  // Before, nothing is known, and no command is hidden that might work.
  keys.set("active", true);
  subscriptions.push(
    app.hubs.onDidChange(follow),
    app.servers.onDidChange(follow),
    // The last step of the walkthrough: a cell has come to its end on a hub's kernel.
    vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
      const ended = cellChanges.some(({ executionSummary }) => executionSummary?.success !== undefined);
      if (ended && app.notebookSessions.get(notebook.uri.toString())) keys.set("cellRan", true);
    }),
  );
}

/** A notebook has a kernel of a hub: the walkthrough's second step. */
export function noteKernelPicked(): void {
  set("kernelPicked", true);
}

let hasKernel: boolean | undefined;

/** Whether the active notebook has a kernel of a hub that it is, or was, connected to. */
export function noteKernel(has: boolean): void {
  if (has === hasKernel) return;
  hasKernel = has;
  set("hasKernel", has);
}

function set(name: ContextKey, value: boolean): void {
  void vscode.commands.executeCommand("setContext", `jupyterhubConnect.${name}`, value);
}

/** Tells VS Code what has changed, and only that. */
class ContextKeys {
  readonly #values = new Map<ContextKey, boolean>();

  set(name: ContextKey, value: boolean): void {
    if (this.#values.get(name) === value) return;
    this.#values.set(name, value);
    set(name, value);
  }
}
