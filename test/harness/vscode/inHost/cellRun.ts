// Runs one cell as the run button does and waits for its end.
import * as vscode from "vscode";
import { withTimeout } from "../../../../src/base/async";

/** How long an interrupted cell may take to end. */
const interruptMs = 20_000;

/** Whether the cell has been run to an end since it was opened. */
export function isFinished(cell: vscode.NotebookCell): boolean {
  return cell.executionSummary?.success !== undefined;
}

/**
 * Resolves when each of `cells`, which have all been run to an end, has its summary.
 * VS Code takes it away for as long as output that came after the cell's end is being written to it.
 */
export async function allFinished(cells: readonly vscode.NotebookCell[]): Promise<void> {
  if (cells.every(isFinished)) return;
  await new Promise<void>((resolve) => {
    const listener = vscode.workspace.onDidChangeNotebookDocument(() => {
      if (!cells.every(isFinished)) return;
      listener.dispose();
      resolve();
    });
  });
}

/**
 * Runs `cell`; after `timeout` milliseconds it is interrupted.
 * @returns undefined if it ended well, else why not, in a line.
 */
export async function runCell(cell: vscode.NotebookCell, timeout: number): Promise<string | undefined> {
  const ended = endOf(cell);
  try {
    const ranges = [{ start: cell.index, end: cell.index + 1 }];
    const argument = { ranges, document: cell.notebook.uri };
    const executed = Promise.resolve(vscode.commands.executeCommand("notebook.cell.execute", argument));
    // The command's own end says nothing of the cell; its failure says that there will be no end to wait for.
    const refused = executed.then(() => ended.promise);
    try {
      await withTimeout(Promise.race([ended.promise, refused]), timeout, "timeout");
    } catch {
      await Promise.resolve(vscode.commands.executeCommand("notebook.cancelExecution", argument));
      const stopped = await withTimeout(ended.promise, interruptMs, "").then(
        () => "interrupted",
        () => "and it does not react to an interrupt",
      );
      return `not finished within ${timeout / 1000} s, ${stopped}`;
    }
    return cell.executionSummary?.success === true ? undefined : errorOf(cell);
  } finally {
    ended.dispose();
  }
}

/** The next end of a run of `cell`. */
function endOf(cell: vscode.NotebookCell): { promise: Promise<void>; dispose: () => void } {
  let listener: vscode.Disposable | undefined;
  const promise = new Promise<void>((resolve) => {
    listener = vscode.workspace.onDidChangeNotebookDocument((event) => {
      const change = event.cellChanges.find((candidate) => candidate.cell === cell);
      if (change?.executionSummary?.success !== undefined) resolve();
    });
  });
  return {
    promise,
    dispose: () => {
      listener?.dispose();
    },
  };
}

/** The last error among the cell's outputs, as "Name: message". */
function errorOf(cell: vscode.NotebookCell): string {
  const items = cell.outputs.flatMap((output) => output.items);
  const error = items.findLast((item) => item.mime === "application/vnd.code.notebook.error");
  if (error === undefined) return "failed without an error output";
  const { name, message } = JSON.parse(new TextDecoder().decode(error.data)) as { name?: string; message?: string };
  return [name, message].filter((part) => part !== undefined && part !== "").join(": ");
}
