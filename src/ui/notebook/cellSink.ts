// Outputs of one cell's run written to VS Code: OutputSink on a NotebookCellExecution.
import * as vscode from "vscode";
import type { CellOutput } from "../../notebook/output";
import type { OutputSink } from "../../notebook/outputBatcher";

/** What the run was when it ended, for updates that come later. */
interface Ended {
  readonly success: boolean | undefined;
  readonly startTime: number | undefined;
  readonly endTime: number;
}

/** Writes to `execution` while it lasts, and by a short execution of its own when an update comes after its end. */
export class CellSink implements OutputSink {
  readonly #controller: vscode.NotebookController;
  readonly #execution: vscode.NotebookCellExecution;
  /** Ours by the id that the notebook model gives them, in the order they are shown. */
  readonly #outputs = new Map<string, vscode.NotebookCellOutput>();
  #ended: Ended | undefined;

  constructor(controller: vscode.NotebookController, execution: vscode.NotebookCellExecution) {
    this.#controller = controller;
    this.#execution = execution;
  }

  /** Ends the execution; later writes are updates of what is shown. */
  end(ended: Ended): void {
    this.#ended = ended;
    this.#execution.end(ended.success, ended.endTime);
  }

  async clear(): Promise<void> {
    this.#outputs.clear();
    await this.#write((execution) => execution.clearOutput());
  }

  async append(outputs: readonly CellOutput[]): Promise<void> {
    const created = outputs.map((output) => this.#create(output));
    await this.#write((execution) => execution.appendOutput(created));
  }

  async replace(output: CellOutput): Promise<void> {
    const shown = this.#outputs.get(output.id);
    if (!shown) return; // cleared meanwhile
    if (sameMetadata(shown.metadata, output.metadata)) {
      await this.#write((execution) => execution.replaceOutputItems(itemsOf(output), shown));
      return;
    }
    // Metadata of an output (an image's size) can only be changed with the output itself.
    this.#create(output);
    await this.#write((execution) => execution.replaceOutput([...this.#outputs.values()]));
  }

  async replaceAll(outputs: readonly CellOutput[]): Promise<void> {
    this.#outputs.clear();
    const created = outputs.map((output) => this.#create(output));
    await this.#write((execution) => execution.replaceOutput(created));
  }

  async appendText(id: string, mime: string, text: string): Promise<void> {
    const shown = this.#outputs.get(id);
    if (!shown) return; // cleared meanwhile
    await this.#write((execution) => execution.appendOutputItems(vscode.NotebookCellOutputItem.text(text, mime), shown));
  }

  #create(output: CellOutput): vscode.NotebookCellOutput {
    const created = new vscode.NotebookCellOutput(itemsOf(output), { ...output.metadata });
    this.#outputs.set(output.id, created);
    return created;
  }

  async #write(edit: (execution: vscode.NotebookCellExecution) => Thenable<void>): Promise<void> {
    if (!this.#ended) {
      await edit(this.#execution);
      return;
    }
    const { success, startTime, endTime } = this.#ended;
    const execution = this.#controller.createNotebookCellExecution(this.#execution.cell);
    execution.executionOrder = this.#execution.executionOrder;
    execution.start(startTime);
    try {
      await edit(execution);
    } finally {
      execution.end(success, endTime);
    }
  }
}

function itemsOf(output: CellOutput): vscode.NotebookCellOutputItem[] {
  return output.items.map(({ data, mime }) => new vscode.NotebookCellOutputItem(data, mime));
}

function sameMetadata(shown: unknown, wanted: unknown): boolean {
  return JSON.stringify(shown) === JSON.stringify(wanted);
}
