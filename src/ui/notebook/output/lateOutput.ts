// Late output: what comes after the end of a cell's run is shown by an execution of its own: VS Code has one of a cell at a time.
import type * as vscode from "vscode";
import { noteCreated, writeNumber } from "./cellNumber";

/** How a cell's run has ended; times are milliseconds since the epoch. */
export interface Ended {
  readonly success: boolean | undefined;
  readonly startTime: number | undefined;
  readonly endTime: number;
}

/** Cells whose late output is being shown; each promise resolves when VS Code accepts another execution of the cell. */
const showing = new WeakMap<vscode.NotebookCell, Promise<void>>();

/** Resolves when no late output of these cells is being shown, so that they can be run. */
export async function lateOutputShown(cells: readonly vscode.NotebookCell[]): Promise<void> {
  for (let busy; (busy = cells.flatMap((cell) => showing.get(cell) ?? [])).length > 0;) await Promise.allSettled(busy);
}

/** Makes `edit` by an execution of its own that leaves the cell as its last execution left it. Settles as `edit`. */
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

/** Ends the execution once the cell's number is in the metadata that is saved: VS Code saves the number of each ended cell, well or not. */
export async function endExecution(execution: vscode.NotebookCellExecution, { success, endTime }: Ended): Promise<void> {
  if (success !== undefined) await writeNumber(execution);
  execution.end(success, endTime);
}
