// What comes for a cell after its run's end is shown by an execution of its own: VS Code has one of a cell at a time.
import type * as vscode from "vscode";
import { noteCreated, writeNumber } from "./cellNumber";

/** How a cell's run has ended; times are milliseconds since the epoch. */
export interface Ended {
  readonly success: boolean | undefined;
  readonly startTime: number | undefined;
  readonly endTime: number;
}

/** Cells whose late output is being shown: resolves when VS Code takes another execution of them. */
const showing = new WeakMap<vscode.NotebookCell, Promise<void>>();

/** Resolves when none of these cells has late output that is being shown just then: they can be run. */
export async function lateOutputShown(cells: readonly vscode.NotebookCell[]): Promise<void> {
  for (let busy; (busy = cells.flatMap((cell) => showing.get(cell) ?? [])).length > 0; ) await Promise.allSettled(busy);
}

/** Makes `edit` in the cell of its last execution, and leaves the cell as that has left it. Settles as `edit`. */
export async function showLate(
  controller: vscode.NotebookController,
  { cell, executionOrder }: vscode.NotebookCellExecution,
  ended: Ended,
  edit: (execution: vscode.NotebookCellExecution) => Thenable<void>,
): Promise<void> {
  const execution = controller.createNotebookCellExecution(cell);
  noteCreated(execution);
  execution.executionOrder = executionOrder;
  execution.start(ended.startTime);
  const edited = (async () => edit(execution))();
  const over = edited.catch(() => undefined).then(() => endExecution(execution, ended));
  showing.set(cell, over);
  await over.finally(() => showing.delete(cell));
  await edited;
}

/** Ends it when the cell's number is where it is saved from: VS Code saves that of a cell which has come to its end, well or not. */
export async function endExecution(execution: vscode.NotebookCellExecution, { success, endTime }: Ended): Promise<void> {
  if (success !== undefined) await writeNumber(execution);
  execution.end(success, endTime);
}
