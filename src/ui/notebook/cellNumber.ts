// The number of a cell in its metadata, from where it is saved. VS Code's own notebook extension writes it: it removes
// it when an execution is created, and sets it at the end unless it is there; both take a moment, and where the end
// comes before the removal, the number is lost.
import * as vscode from "vscode";

/** Nothing is waited for longer than this, in milliseconds: not every notebook's numbers are kept there. */
const patience = 500;

/** Waits until the number that `cell` had before has been removed, where it is `order` again. */
export function numberRemoved(cell: vscode.NotebookCell, order: number | undefined): Promise<void> {
  return order === undefined ? Promise.resolve() : numberIs(cell, (number) => number !== order);
}

/** Waits until the number of `cell` is `order`. */
export function numberSet(cell: vscode.NotebookCell, order: number | undefined): Promise<void> {
  return order === undefined ? Promise.resolve() : numberIs(cell, (number) => number === order);
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
