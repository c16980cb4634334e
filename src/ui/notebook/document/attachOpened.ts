// Attaching of opened notebooks: one on a server gets its kernel there, as in JupyterLab: that of its session, or one that suits it.
import * as vscode from "vscode";
import { LastKernels } from "../../../app/kernels/lastKernels";
import type { Server } from "../../../app/servers/server";
import { hasCode } from "../../../base/errors";
import type { AppContext } from "../../context";
import { serverOf } from "../../files/reach";
import { notebookType } from "../facts/target";
import { kernelSpecOf } from "../facts/kernelMetadata";
import type { Moves } from "./renames";
import type { Notebooks } from "../register";

/**
 * Follows the notebooks that are opened; ends with `subscriptions`. A kernel that runs is connected to, and none is
 * started: that is left to the first cell. (VS Code asks for a kernel even where one only is suggested.)
 */
export function registerAttaching(
  app: AppContext,
  notebooks: Notebooks,
  moves: Moves,
  subscriptions: vscode.ExtensionContext["subscriptions"],
): void {
  const last = new LastKernels(app.memory);
  /** Notebooks that were handled; failures are retried when there is a reason to. */
  const seen = new WeakSet<vscode.NotebookDocument>();

  const attach = async ({ notebook }: vscode.NotebookEditor): Promise<void> => {
    const server = serverOf(app, notebook.uri);
    if (!server?.services || seen.has(notebook) || moves.has(notebook.uri)) return;
    seen.add(notebook);
    // With it come the kernel specs, for the picker.
    await app.servers.refreshServices(server);
    const session = server.services.sessions.findByPath(notebook.uri.path.slice(1));
    const editor = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook);
    if (!editor || notebooks.hasKernel(notebook)) return;
    // A notebook that was given another kernel than its own keeps that.
    const before = last.of(notebook.uri.toString());
    const owns = ({ name }: { readonly name: string }): boolean => notebooks.controllers.find(server, name)?.id === before;
    const earlier = server.kernelSpecs?.specs.find(owns)?.name;
    if (before !== undefined && earlier === undefined) return;
    const spec = session?.kernel?.name ?? earlier ?? suitableSpec(server, notebook);
    const controller = spec === undefined ? undefined : notebooks.controllers.find(server, spec);
    if (!controller) return;
    const target = notebooks.currentTargetOf(notebook);
    if (!target || notebooks.controllers.of(target) !== controller) await notebooks.propose(editor, controller);
    if (session?.kernel) await notebooks.start(notebook);
  };
  const attachAll = (): void => {
    for (const editor of vscode.window.visibleNotebookEditors) {
      if (editor.notebook.notebookType !== notebookType) continue;
      attach(editor).catch((error: unknown) => {
        seen.delete(editor.notebook);
        if (!hasCode(error, "aborted")) app.log.warn(`${editor.notebook.uri.path} was not connected to the kernel of its session`, error);
      });
    }
  };
  attachAll();
  subscriptions.push(vscode.window.onDidChangeVisibleNotebookEditors(attachAll), app.servers.onDidChange(attachAll));
}

/** The kernel spec that the notebook names where the server has it, else the server's default. */
function suitableSpec({ kernelSpecs }: Server, notebook: vscode.NotebookDocument): string | undefined {
  const named = kernelSpecOf(notebook);
  return kernelSpecs?.specs.some(({ name }) => name === named) ? named : kernelSpecs?.default;
}
