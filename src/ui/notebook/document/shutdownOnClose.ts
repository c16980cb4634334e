// Shutdown on close: kernels of closed notebooks stay on the server, unless the user wants them shut down with the notebook.
import * as vscode from "vscode";
import { shutDown } from "../../../app/kernels/kernelActions";
import type { NotebookKernel } from "../../../app/notebooks/notebookSessions";
import { delay } from "../../../base/async";
import type { AppContext } from "../../context";
import { readSetting } from "../../settings";
import type { Moves } from "./renames";
import type { Notebooks } from "../register";

/** Follows the notebooks that are closed; ends with `subscriptions`. */
export function registerClosing(
  app: AppContext,
  notebooks: Notebooks,
  moves: Moves,
  subscriptions: vscode.ExtensionContext["subscriptions"],
): void {
  const end = async ({ server, kernel: { id } }: NotebookKernel): Promise<void> => {
    // Remaining connections are another notebook's, another window's, or JupyterLab's; the server forgets ours in a moment.
    for (const pause of [0, 200, 800]) {
      await delay(pause);
      const model = (await server.services?.kernels.refresh())?.find((one) => one.id === id);
      if (!model) return;
      if (model.connections > 0) continue;
      await shutDown(app.servers, { server, id });
      return;
    }
  };
  subscriptions.push(
    vscode.workspace.onDidCloseNotebookDocument((notebook) => {
      const current = app.notebookSessions.get(notebook.uri.toString());
      if (!current || !readSetting("shutDownKernelOnClose")) return;
      Promise.all([moves.isLeaving(notebook), notebooks.release(notebook)])
        .then(([isLeaving]) => (isLeaving ? undefined : end(current)))
        .catch((error: unknown) => app.log.warn("The kernel of a closed notebook was not shut down", error));
    }),
  );
}
