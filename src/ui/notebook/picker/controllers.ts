// A notebook controller for each kernel spec of each server, and for each running kernel: what the kernel picker offers.
import * as vscode from "vscode";
import { LastKernels } from "../../../app/kernels/lastKernels";
import type { Server } from "../../../app/servers/server";
import type { AppContext } from "../../context";
import { createNotebookController, describeController } from "../../say/items";
import { notebookType, type KernelTarget } from "../facts/target";
import { Affinities } from "./affinity";
import { CellLabels } from "./cellLabels";

export interface ControllerHandlers {
  execute(
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
    target: KernelTarget,
    controller: vscode.NotebookController,
  ): Promise<void>;
  /** The notebook has this kernel now: chosen, or as it was before the window was reloaded. */
  select(notebook: vscode.NotebookDocument, target: KernelTarget, controller: vscode.NotebookController): void;
  /** The notebook has another kernel now, or none of ours. */
  deselect(notebook: vscode.NotebookDocument, target: KernelTarget): void;
}

/** Keeps one controller for every known kernel spec and running kernel; a controller's id is the same after a reload. */
export class Controllers implements vscode.Disposable {
  /** With which labels cells are run. */
  readonly labels = new CellLabels();
  readonly #app: AppContext;
  readonly #handlers: ControllerHandlers;
  readonly #controllers = new Map<string, vscode.NotebookController>();
  /** The target of each controller, by the controller's id. */
  readonly #languages = new Map<string, string>();
  /** The selected target of each notebook. */
  readonly #selected = new WeakMap<vscode.NotebookDocument, KernelTarget>();
  /** The notebooks attached to running kernels. */
  readonly #attached = new Map<vscode.NotebookDocument, string>();
  readonly #affinities: Affinities;
  readonly #subscriptions: readonly { dispose(): void }[];

  constructor(app: AppContext, handlers: ControllerHandlers) {
    this.#app = app;
    this.#handlers = handlers;
    this.#affinities = new Affinities(new LastKernels(app.memory));
    this.#follow();
    const follow = (): void => this.#follow();
    this.#subscriptions = [
      this.labels,
      this.labels.onDidChange(() => this.#label()),
      ...[app.servers.onDidChange(follow), app.runningKernels.onDidChange(follow), vscode.workspace.onDidOpenNotebookDocument(follow)],
      vscode.workspace.onDidChangeNotebookDocument(({ metadata }) => metadata && follow()),
    ];
  }

  /** The controller of a kernel spec. */
  find(server: Server, spec: string): vscode.NotebookController | undefined {
    return this.#controllers.get(specId(server, spec));
  }

  /** The controller that runs on this. */
  of({ server, spec, running }: KernelTarget): vscode.NotebookController | undefined {
    return this.#controllers.get(running ? runningId(server, running.id) : specId(server, spec.name));
  }

  /** The controller of a kernel that runs. */
  findRunning(server: Server, kernelId: string): vscode.NotebookController | undefined {
    return this.#controllers.get(runningId(server, kernelId));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const controller of this.#controllers.values()) controller.dispose();
    this.#controllers.clear();
  }

  #follow(): void {
    const present = new Map<string, KernelTarget>();
    for (const server of this.#app.servers.all) {
      for (const spec of server.kernelSpecs?.specs ?? []) present.set(specId(server, spec.name), { server, spec });
    }
    for (const running of this.#app.runningKernels.all) {
      const { server } = running;
      const spec = server.kernelSpecs?.specs.find(({ name }) => name === running.spec);
      if (spec) present.set(runningId(server, running.id), { server, spec, running });
    }
    for (const [id, target] of present) describe(this.#controllers.get(id) ?? this.#create(id, target), target);
    // The controller of a kernel that is gone stays while a notebook has it: output that its cells still get would be lost.
    const attached = new Set([...this.#attached].flatMap(([notebook, id]) => (notebook.isClosed ? [] : [id])));
    for (const [id, controller] of [...this.#controllers]) {
      if (present.has(id) || attached.has(id)) continue;
      this.#controllers.delete(id);
      this.#languages.delete(id);
      controller.dispose();
    }
    for (const notebook of vscode.workspace.notebookDocuments) {
      if (notebook.notebookType === notebookType) this.#affinities.suggest(notebook, present, this.#controllers);
    }
  }

  #create(id: string, target: KernelTarget): vscode.NotebookController {
    const controller = createNotebookController(id, notebookType, target.spec.displayName);
    controller.supportedLanguages = this.labels.of(target.spec.language);
    controller.supportsExecutionOrder = true;
    controller.executeHandler = (cells, notebook) => this.#handlers.execute(cells, notebook, target, controller);
    controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
      if (target.running) this.#noteAttached(notebook, id, selected);
      if (!selected) {
        this.#deselect(notebook, target);
        return;
      }
      // VS Code fires events of two of our controllers in the order in which they were made: the selection may come before the deselection.
      const before = this.#selected.get(notebook);
      if (before && before !== target) this.#deselect(notebook, before);
      this.#selected.set(notebook, target);
      void this.#affinities.note(notebook, id);
      this.#handlers.select(notebook, target, controller);
    });
    this.#controllers.set(id, controller);
    this.#languages.set(id, target.spec.language);
    return controller;
  }

  #deselect(notebook: vscode.NotebookDocument, target: KernelTarget): void {
    if (this.#selected.get(notebook) !== target) return;
    this.#selected.delete(notebook);
    this.#handlers.deselect(notebook, target);
  }

  #label(): void {
    for (const [id, controller] of this.#controllers) {
      const language = this.#languages.get(id);
      if (language !== undefined) controller.supportedLanguages = this.labels.of(language);
    }
  }

  #noteAttached(notebook: vscode.NotebookDocument, id: string, selected: boolean): void {
    if (selected) this.#attached.set(notebook, id);
    else if (this.#attached.get(notebook) === id) this.#attached.delete(notebook);
  }
}

/** A user finds a running kernel by the notebook that it belongs to. */
function describe(controller: vscode.NotebookController, { server, spec, running }: KernelTarget): void {
  const label = running ? `${spec.displayName} of ${running.name ?? "no notebook"}` : spec.displayName;
  const state = running ? ["running", running.state, running.path] : [server.state === "running" ? undefined : server.state];
  describeController(controller, {
    label,
    description: server.label,
    detail: ["JupyterHub Connect", ...state].filter(Boolean).join(" · "),
  });
}

function specId(server: Server, spec: string): string {
  return `${server.id}/${encodeURIComponent(spec)}`;
}

function runningId(server: Server, kernelId: string): string {
  return `${server.id}/kernels/${kernelId}`;
}
