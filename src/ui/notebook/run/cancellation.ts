// Cells that VS Code cancels: stopped by their button, deleted, or because their notebook is closed.
// Controllers have no interrupt handler: VS Code calls that in all three cases, and does not say which. Without it each execution's token
// is cancelled: a waiting cell is taken out alone, a run whose notebook is closed goes on, and only stopping the running cell interrupts
// the kernel.
import * as vscode from "vscode";
import type { Logger } from "../../../base/log";
import type { CellExecution } from "../../../notebook/run/execution";
import { showInformationMessage } from "../../say/messages";

export interface CancellationPorts {
  readonly notebook: vscode.NotebookDocument;
  readonly log: Logger;
  /** Takes a run out of the queue; false where the kernel has it already. */
  readonly takeBack: (run: CellExecution) => boolean;
  /** Whether the kernel is at it, or is being connected for it. */
  readonly isFirst: (run: CellExecution) => boolean;
  /** Interrupts what runs, and takes back what waits. */
  readonly interrupt: () => Promise<void>;
  /** Whether what runs is left to whoever resumes it. */
  readonly isLeaving: () => boolean;
}

/** Handles cells that were cancelled together as one request. */
export class Cancellations {
  readonly #ports: CancellationPorts;
  readonly #cancelled = new Set<CellExecution>();

  constructor(ports: CancellationPorts) {
    this.#ports = ports;
  }

  /** VS Code has cancelled the cell of this run. */
  add(run: CellExecution): void {
    this.#cancelled.add(run);
    if (this.#cancelled.size > 1) return;
    this.#settle().catch((error: unknown) => this.#ports.log.debug("What was cancelled goes on, since VS Code is closing", error));
  }

  async #settle(): Promise<void> {
    // VS Code cancels the cells of a notebook before it says that it closes it. Nobody has stopped those: they go on, and
    // are resumed when the notebook is opened again. VS Code's event of the closing comes before its answer to this request.
    await vscode.commands.getCommands(true);
    const { notebook, takeBack, isFirst, interrupt, isLeaving } = this.#ports;
    const cancelled = [...this.#cancelled];
    this.#cancelled.clear();
    if (notebook.isClosed || isLeaving()) return;
    const runs = cancelled.filter((run) => !takeBack(run));
    if (runs.some(isFirst)) await interrupt();
    else if (runs.length > 0) await this.#tell(runs);
  }

  /** The kernel holds the cells behind a long one, and cannot be made to drop one of them. */
  async #tell(runs: readonly CellExecution[]): Promise<void> {
    const cells = this.#ports.notebook.getCells();
    const numbers = runs
      .map((run) => cells.findIndex(({ document }) => document.uri.toString() === run.cell) + 1)
      .filter((number) => number > 0);
    const what = runs.length > 1 ? "These cells" : numbers[0] === undefined ? "The deleted cell" : `Cell ${numbers[0]}`;
    const end = "Interrupt the Run";
    const text = `${what} cannot be taken back: the kernel has ${runs.length > 1 ? "them" : "it"} already. Interrupting ends all that runs and waits.`;
    if ((await showInformationMessage(text, end)) === end) await this.#ports.interrupt();
  }
}
