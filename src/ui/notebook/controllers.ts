// A notebook controller for each kernel spec of each server: what the kernel picker offers.
import * as vscode from "vscode";
import type { Server } from "../../app/server";
import type { KernelSpec } from "../../services/kernelspec/model";
import type { AppContext } from "../context";

const notebookType = "jupyter-notebook";

/** What a controller runs on. */
export interface KernelTarget {
  readonly server: Server;
  readonly spec: KernelSpec;
}

export interface ControllerHandlers {
  execute(cells: readonly vscode.NotebookCell[], notebook: vscode.NotebookDocument, target: KernelTarget, controller: vscode.NotebookController): void;
  interrupt(notebook: vscode.NotebookDocument): Promise<void>;
  /** The notebook has this kernel now: chosen, or as it was before the window was reloaded. */
  select(notebook: vscode.NotebookDocument, target: KernelTarget, controller: vscode.NotebookController): void;
  /** The notebook has another kernel now, or none of ours. */
  deselect(notebook: vscode.NotebookDocument, target: KernelTarget): void;
}

interface Entry {
  readonly target: KernelTarget;
  readonly controller: vscode.NotebookController;
}

/** Keeps one controller for every known kernel spec; a controller's id is the same after a reload. */
export class Controllers implements vscode.Disposable {
  readonly #app: AppContext;
  readonly #handlers: ControllerHandlers;
  readonly #entries = new Map<string, Entry>();
  readonly #subscription: { dispose(): void };

  constructor(app: AppContext, handlers: ControllerHandlers) {
    this.#app = app;
    this.#handlers = handlers;
    this.#follow();
    this.#subscription = app.servers.onDidChange(() => this.#follow());
  }

  /** The controller of a kernel spec. */
  find(server: Server, spec: string): vscode.NotebookController | undefined {
    return this.#entries.get(controllerId(server, spec))?.controller;
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const { controller } of this.#entries.values()) controller.dispose();
    this.#entries.clear();
  }

  #follow(): void {
    const present = new Set<string>();
    for (const server of this.#app.servers.all) {
      for (const spec of server.kernelSpecs?.specs ?? []) {
        const id = controllerId(server, spec.name);
        present.add(id);
        const entry = this.#entries.get(id) ?? this.#create(id, { server, spec });
        describe(entry.controller, server, spec);
      }
    }
    for (const [id, { controller }] of [...this.#entries]) {
      if (present.has(id)) continue;
      this.#entries.delete(id);
      controller.dispose();
    }
  }

  #create(id: string, target: KernelTarget): Entry {
    const controller = vscode.notebooks.createNotebookController(id, notebookType, target.spec.displayName);
    controller.supportedLanguages = languages(target.spec.language);
    controller.supportsExecutionOrder = true;
    controller.executeHandler = (cells, notebook) => this.#handlers.execute(cells, notebook, target, controller);
    controller.interruptHandler = (notebook) => this.#handlers.interrupt(notebook);
    controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
      if (selected) this.#handlers.select(notebook, target, controller);
      else this.#handlers.deselect(notebook, target);
    });
    const entry = { target, controller };
    this.#entries.set(id, entry);
    return entry;
  }
}

function describe(controller: vscode.NotebookController, server: Server, spec: KernelSpec): void {
  const state = server.state === "running" ? "" : ` · ${server.state}`;
  controller.label = spec.displayName;
  controller.description = server.label;
  controller.detail = `JupyterHub${state}`;
}

function controllerId(server: Server, spec: string): string {
  return `${server.id}/${encodeURIComponent(spec)}`;
}

/** VS Code's names of languages where a kernel spec's lower-cased one is another. */
const languageIds: Readonly<Record<string, string>> = {
  "c++": "cpp",
  "c#": "csharp",
  "f#": "fsharp",
  bash: "shellscript",
};

/** What cells of a kernel's language may say they are: the first is for new ones. */
function languages(language: string): string[] {
  const name = language.toLowerCase();
  // A notebook file names the language as its kernel does, known to VS Code or not, and its cells keep that name.
  return [...new Set([languageIds[name] ?? name, name, language, "raw"])];
}
