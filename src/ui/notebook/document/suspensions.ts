// Suspension of runs during a rename: runs leave a notebook before it is renamed, and are resumed where the rename fails.
import type * as vscode from "vscode";
import type { KernelTarget } from "../facts/target";

/** The state of a notebook when it was suspended. */
export interface Suspended {
  readonly target: KernelTarget;
  /** The kernel that it was connected to; undefined where it had none. */
  readonly kernelId: string | undefined;
}

export interface SuspensionPorts {
  /** The notebook's kernel; undefined where that is none of a hub. */
  of(notebook: vscode.NotebookDocument): Suspended | undefined;
  /** Ends its runs here; resolves when they can be resumed. */
  leave(notebook: vscode.NotebookDocument): Promise<void>;
  /** Resumes its runs; resolves when its cells can be run. */
  resume(notebook: vscode.NotebookDocument, suspended: Suspended): Promise<void>;
  /** Connects it to the kernel that it had; never rejects. */
  connect(notebook: vscode.NotebookDocument, suspended: Suspended): Promise<void>;
}

interface Suspension extends Suspended {
  readonly left: Promise<void>;
  resumed?: Promise<void>;
  connected?: Promise<void>;
}

/** Keeps the state of suspended notebooks until it is restored, or they are gone. */
export class Suspensions {
  readonly #ports: SuspensionPorts;
  readonly #suspensions = new Map<vscode.NotebookDocument, Suspension>();

  constructor(ports: SuspensionPorts) {
    this.#ports = ports;
  }

  /** The state that a suspended notebook gets back when it is resumed. */
  of(notebook: vscode.NotebookDocument): Suspended | undefined {
    return this.#suspensions.get(notebook);
  }

  /** Suspends a notebook's runs; resolves when they can be resumed elsewhere. */
  async suspend(notebook: vscode.NotebookDocument): Promise<void> {
    const before = this.#suspensions.get(notebook);
    const now = this.#ports.of(notebook);
    const target = now?.target ?? before?.target;
    const left = this.#ports.leave(notebook);
    if (target) this.#suspensions.set(notebook, { target, kernelId: now?.kernelId ?? before?.kernelId, left });
    await left;
  }

  /** Undoes `suspend`; resolves when the notebook's cells can be run. One that is not suspended is left alone. */
  async resume(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#resume(notebook)?.resumed;
  }

  /** As `resume`; resolves when the notebook has its kernel again, or cannot have it. */
  async reconnect(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#resume(notebook)?.connected;
  }

  /** The notebook is closed, or has another kernel: there is nothing to come back to. */
  end(notebook: vscode.NotebookDocument): void {
    this.#suspensions.delete(notebook);
  }

  #resume(notebook: vscode.NotebookDocument): Suspension | undefined {
    const suspension = this.#suspensions.get(notebook);
    if (!suspension || suspension.resumed) return suspension;
    const isValid = (): boolean => this.#suspensions.get(notebook) === suspension;
    const { left } = suspension;
    const resumed = left.then(() => (isValid() ? this.#ports.resume(notebook, suspension) : undefined));
    suspension.resumed = resumed;
    suspension.connected = resumed
      .then(() => (isValid() ? this.#ports.connect(notebook, suspension) : undefined))
      .finally(() => {
        if (isValid()) this.end(notebook);
      });
    return suspension;
  }
}
