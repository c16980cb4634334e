// A notebook on a server whose session runs there gets that kernel when it is opened, as in JupyterLab.
import * as vscode from "vscode";
import { LastKernels } from "../../app/lastKernels";
import { hasCode } from "../../base/errors";
import type { AppContext } from "../context";
import { serverOf } from "../files/reach";
import { notebookType } from "./controllers";
import type { Notebooks } from "./register";
import { selectController } from "./selectKernel";

/** Follows the notebooks that are opened; ends with `subscriptions`. */
export function registerAttaching(app: AppContext, notebooks: Notebooks, subscriptions: vscode.ExtensionContext["subscriptions"]): void {
  const last = new LastKernels(app.memory);
  /** Those that have been looked after, once for each time they are opened. */
  const seen = new WeakSet<vscode.NotebookDocument>();

  const attach = async ({ notebook }: vscode.NotebookEditor): Promise<void> => {
    const server = serverOf(app, notebook.uri);
    if (!server?.services || seen.has(notebook)) return;
    seen.add(notebook);
    // With it come the kernel specs, for the picker.
    await app.servers.refreshServices(server);
    const session = server.services.sessions.findByPath(notebook.uri.path.slice(1));
    const editor = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook);
    if (!session?.kernel || !editor || notebooks.hasKernel(notebook)) return;
    const before = last.of(notebook.uri.toString());
    // Who has given it another kernel than its own keeps that.
    if (before !== undefined && (!before.startsWith(`${server.id}/`) || before.startsWith(`${server.id}/kernels/`))) return;
    const controller = notebooks.controllers.find(server, session.kernel.name);
    if (!controller) return;
    await selectController(editor, controller);
    await notebooks.start(notebook);
  };
  const attachAll = (): void => {
    for (const editor of vscode.window.visibleNotebookEditors) {
      if (editor.notebook.notebookType !== notebookType) continue;
      attach(editor).catch((error: unknown) => {
        if (!hasCode(error, "aborted")) app.log.warn(`${editor.notebook.uri.path} was not connected to the kernel of its session`, error);
      });
    }
  };
  attachAll();
  subscriptions.push(vscode.window.onDidChangeVisibleNotebookEditors(attachAll), app.servers.onDidChange(attachAll));
}
