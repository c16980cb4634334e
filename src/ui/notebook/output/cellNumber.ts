// Execution count of a cell in its metadata, from where it is saved. It is written before VS Code reports the cell's end, so that a
// save after that has it. VS Code's own notebook extension writes it too, after the end, unless it is there, and removes the old one
// when an execution is created. That removal takes a moment, and would remove a new number as well (a race). In a slow window it comes
// so late that the cell does not wait for it: then the number is written again.
import * as vscode from "vscode";
import { next } from "../../../base/event";
import { statedLanguage } from "../facts/kernelMetadata";
import { runMetadata } from "../facts/runMetadata";

/** Milliseconds that a cell's end waits for the removal; then the number is written all the same. */
const patience = 500;
/** Milliseconds from then on in which the removal is undone. */
const guarded = 60_000;

/** The old number that VS Code removes because of this execution's creation. */
const leaving = new WeakMap<vscode.NotebookCellExecution, number>();

/** The latest execution of each cell. */
const newest = new WeakMap<vscode.NotebookCell, vscode.NotebookCellExecution>();

/** An execution of a cell was created. */
export function noteCreated(execution: vscode.NotebookCellExecution): void {
  const { cell } = execution;
  newest.set(cell, execution);
  const number = savedNumber(cell);
  // VS Code removes it only where the notebook states its language.
  if (typeof number === "number" && number > 0 && statedLanguage(cell.notebook) !== undefined) leaving.set(execution, number);
}

/**
 * Writes the execution's number. Waits first until VS Code has removed the old execution_count from the metadata; it would remove the
 * new one. Resolves when the number is there, to stay or to be written again.
 */
export async function writeNumber(execution: vscode.NotebookCellExecution): Promise<void> {
  const { cell, executionOrder } = execution;
  if (executionOrder === undefined) return;
  const before = leaving.get(execution);
  const isRemoved = before === undefined || (await becomes(cell, () => savedNumber(cell) !== before, patience));
  await runMetadata(cell.notebook).number(cell, executionOrder);
  if (!isRemoved) void guard(execution, executionOrder);
}

/** Writes the number again where it is removed although VS Code shows it, as it does not where outputs were cleared. */
async function guard(execution: vscode.NotebookCellExecution, number: number): Promise<void> {
  const { cell } = execution;
  const isMissing = (): boolean =>
    newest.get(cell) === execution && cell.executionSummary?.executionOrder === number && typeof savedNumber(cell) !== "number";
  if (await becomes(cell, isMissing, guarded)) await runMetadata(cell.notebook).number(cell, number);
}

function savedNumber({ metadata }: vscode.NotebookCell): unknown {
  return metadata["execution_count"];
}

/** Resolves true when the cell has become as `right` has it, false where that takes longer than `ms` milliseconds. */
async function becomes(cell: vscode.NotebookCell, right: () => boolean, ms: number): Promise<boolean> {
  if (right()) return true;
  const isRight = ({ notebook, cellChanges }: vscode.NotebookDocumentChangeEvent): boolean =>
    notebook === cell.notebook && cellChanges.length > 0 && right();
  return next(vscode.workspace.onDidChangeNotebookDocument, isRight, AbortSignal.timeout(ms)).then(
    () => true,
    () => false,
  );
}
