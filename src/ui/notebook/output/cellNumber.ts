// Execution count of a cell in its metadata, from where it is saved. It is written before VS Code reports the cell's end, so that a
// save after that has it. VS Code's own notebook extension writes it too, after the end, unless it is there, and removes the old one
// when an execution is created. That removal takes a moment, and would remove a new number as well (a race).
import * as vscode from "vscode";
import { statedLanguage } from "../facts/kernelMetadata";
import { runMetadata } from "../facts/runMetadata";

/** Milliseconds that the removal may take; then the number is written all the same. */
const patience = 500;

/** The old number that VS Code removes because of this execution's creation. */
const leaving = new WeakMap<vscode.NotebookCellExecution, number>();

/** An execution of a cell was created. */
export function noteCreated(execution: vscode.NotebookCellExecution): void {
  const { metadata, notebook } = execution.cell;
  const number: unknown = metadata["execution_count"];
  // VS Code removes it only where the notebook states its language.
  if (typeof number === "number" && number > 0 && statedLanguage(notebook) !== undefined) leaving.set(execution, number);
}

/**
 * Writes the execution's number. Waits first until VS Code has removed the old execution_count from the metadata; it would remove the
 * new one. Resolves when the number is there to stay.
 */
export async function writeNumber(execution: vscode.NotebookCellExecution): Promise<void> {
  const { cell, executionOrder } = execution;
  if (executionOrder === undefined) return;
  const before = leaving.get(execution);
  if (before !== undefined) await numberIs(cell, (number) => number !== before);
  await runMetadata(cell.notebook).number(cell, executionOrder);
}

function numberIs(cell: vscode.NotebookCell, right: (number: unknown) => boolean): Promise<void> {
  if (right(cell.metadata["execution_count"])) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
      if (notebook === cell.notebook && cellChanges.length > 0 && right(cell.metadata["execution_count"])) done();
    });
    const timer = setTimeout(done, patience);
  });
}
