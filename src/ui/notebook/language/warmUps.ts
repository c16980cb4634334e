// Kernels of open notebooks whose completer is loaded before anybody waits for it.
import type * as vscode from "vscode";
import type { NotebookKernel } from "../../../app/notebooks/notebookSessions";
import { CompleterWarmUp } from "../../../notebook/help/completerWarmUp";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { AppContext } from "../../context";

export interface WarmUpsPorts {
  readonly app: AppContext;
  /** Whether the kernel has begun with a cell of the notebook. */
  readonly isRunning: (notebook: vscode.NotebookDocument) => boolean;
  /** Whether the notebook's kernel would answer at once. */
  readonly isFree: (kernel: KernelConnection, notebook: vscode.NotebookDocument) => boolean;
  /** Has the kernel load its completer. */
  readonly ask: (kernel: KernelConnection, notebook: vscode.NotebookDocument) => void;
}

/** Follows what notebooks and their kernels do. */
export class WarmUps implements vscode.Disposable {
  readonly #ports: WarmUpsPorts;
  readonly #warmUps = new Map<KernelConnection, CompleterWarmUp>();
  /** Notebooks that have run cells, by their URI. */
  readonly #notebooks = new Map<string, vscode.NotebookDocument>();
  /** Kernels, by server and id, whose present process was asked in this window. */
  readonly #warm = new Set<string>();
  readonly #subscription: { dispose(): void };

  constructor(ports: WarmUpsPorts) {
    this.#ports = ports;
    this.#subscription = ports.app.notebookSessions.onDidChange((key) => {
      const notebook = this.#notebooks.get(key);
      if (notebook) this.update(notebook);
    });
  }

  /** A cell of the notebook has been asked for, has begun or has ended. */
  update(notebook: vscode.NotebookDocument): void {
    const key = notebook.uri.toString();
    const current = this.#ports.app.notebookSessions.get(key);
    if (!current) {
      this.#notebooks.delete(key);
      return;
    }
    this.#notebooks.set(key, notebook);
    const warmUp = this.#warmUps.get(current.kernel) ?? this.#follow(current, notebook);
    if (this.#ports.isRunning(notebook)) warmUp.began();
    else warmUp.update();
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const warmUp of this.#warmUps.values()) warmUp.dispose();
  }

  #follow({ kernel, server }: NotebookKernel, notebook: vscode.NotebookDocument): CompleterWarmUp {
    const warmUp = new CompleterWarmUp({
      kernel: `${server.id}/${kernel.id}`,
      warm: this.#warm,
      isFree: () => this.#ports.isFree(kernel, notebook),
      ask: () => this.#ports.ask(kernel, notebook),
    });
    this.#warmUps.set(kernel, warmUp);
    kernel.onDidChangeStatus((status) => {
      if (status === "restarting" || status === "autorestarting") warmUp.restarts();
    });
    kernel.onDidDispose(() => {
      warmUp.dispose();
      this.#warmUps.delete(kernel);
    });
    return warmUp;
  }
}
