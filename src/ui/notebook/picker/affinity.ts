// Controller affinity: kernels that suit a notebook come first in VS Code's picker. None is selected by that: see `document/proposeOpened.ts`.
import * as vscode from "vscode";
import type { LastKernels } from "../../../app/kernels/lastKernels";
import { suitable, type Candidate, type Wish } from "../../../app/kernels/suitable";
import type { KernelTarget } from "../facts/target";
import { kernelSpecOf, languageOf } from "../facts/kernelMetadata";
import { isOnServer } from "../facts/sessionPath";

/** Reports to VS Code which kernels suit which notebook, changes only. */
export class Affinities {
  readonly #last: LastKernels;
  readonly #told = new WeakMap<vscode.NotebookController, WeakMap<vscode.NotebookDocument, vscode.NotebookControllerAffinity>>();

  constructor(last: LastKernels) {
    this.#last = last;
  }

  /** Call for every open notebook when it, or the list of kernels, has changed. */
  suggest(
    notebook: vscode.NotebookDocument,
    targets: ReadonlyMap<string, KernelTarget>,
    controllers: ReadonlyMap<string, vscode.NotebookController>,
  ): void {
    const own = [...targets].filter(([, { server, running }]) => isOnServer(notebook.uri, server) && running === undefined);
    // A notebook on a server is one of that server's, in the session of its own path.
    const [first] = own;
    const candidates = (first ? own : [...targets]).map(([id, { spec, running }]): Candidate => ({
      id,
      spec: spec.name,
      language: spec.language,
      running,
    }));
    const key = keyOf(notebook);
    const last = key === undefined ? undefined : this.#last.of(key);
    const best = last !== undefined && targets.has(last) ? new Set([last]) : suitable(candidates, this.#wishOf(notebook, last));
    const byDefault = first && own.find(([, { spec }]) => spec.name === first[1].server.kernelSpecs?.default);
    const fitting = best.size > 0 || !byDefault ? best : new Set([byDefault[0]]);
    const { Default, Preferred } = vscode.NotebookControllerAffinity;
    for (const [id, controller] of controllers) this.#tell(controller, notebook, fitting.has(id) ? Preferred : Default);
  }

  /** The notebook has this kernel now. */
  async note(notebook: vscode.NotebookDocument, id: string): Promise<void> {
    await this.#last.note(keyOf(notebook), id);
  }

  /** What the notebook says of itself; where that is little, all of its cells are asked for their language. */
  #wishOf(notebook: vscode.NotebookDocument, last: string | undefined): Wish {
    return {
      file: notebook.uri.path.split("/").pop() ?? "",
      spec: kernelSpecOf(notebook),
      language: languageOf(notebook),
      last,
      lastOfAll: this.#last.last,
    };
  }

  #tell(controller: vscode.NotebookController, notebook: vscode.NotebookDocument, affinity: vscode.NotebookControllerAffinity): void {
    const told = this.#told.get(controller) ?? new WeakMap<vscode.NotebookDocument, vscode.NotebookControllerAffinity>();
    this.#told.set(controller, told);
    if ((told.get(notebook) ?? vscode.NotebookControllerAffinity.Default) === affinity) return;
    told.set(notebook, affinity);
    controller.updateNotebookAffinity(notebook, affinity);
  }
}

/** The notebook's identity over windows. */
function keyOf({ isUntitled, uri }: vscode.NotebookDocument): string | undefined {
  return isUntitled ? undefined : uri.toString();
}
