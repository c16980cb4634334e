// Which kernels VS Code suggests for a notebook: pressing Run takes the one that fits best without asking.
import * as vscode from "vscode";
import { kernelSpecOf } from "./kernelMetadata";
import type { KernelTarget } from "./controllers";

/** Tells VS Code which kernel fits which notebook, once each. */
export class Affinities {
  readonly #told = new WeakMap<vscode.NotebookController, WeakMap<vscode.NotebookDocument, vscode.NotebookControllerAffinity>>();

  /** Call for every kernel and open notebook, again when either has changed. */
  suggest(controller: vscode.NotebookController, target: KernelTarget, notebook: vscode.NotebookDocument): void {
    const told = this.#told.get(controller) ?? new WeakMap<vscode.NotebookDocument, vscode.NotebookControllerAffinity>();
    this.#told.set(controller, told);
    const { Default, Preferred } = vscode.NotebookControllerAffinity;
    const affinity = fits(target, notebook) ? Preferred : Default;
    if ((told.get(notebook) ?? Default) === affinity) return;
    told.set(notebook, affinity);
    controller.updateNotebookAffinity(notebook, affinity);
  }
}

/** The kernel spec that the notebook names, or a kernel that runs for a notebook of its name on the server. */
function fits({ spec, running }: KernelTarget, notebook: vscode.NotebookDocument): boolean {
  if (spec.name !== kernelSpecOf(notebook)) return false;
  // A session of ours has a path of its own; a notebook is led back to it by its spec.
  return running === undefined || baseName(running.path) === baseName(notebook.uri.path);
}

function baseName(path: string | undefined): string | undefined {
  return path?.split("/").pop();
}
