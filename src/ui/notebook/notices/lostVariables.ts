// Notification that a kernel has lost its variables, or a notebook its kernel, while in use.
import * as vscode from "vscode";
import { ProductError } from "../../../base/errors";
import type { VariablesLost } from "../../../services/kernel/events";
import { showWarningMessage } from "../../say/messages";

const runAll = "Run All Cells";

/**
 * Notifies once, where cells have run whose variables may be missed: their numbers stay, and the next cell would only fail with
 * a name that is not defined. A user who has ended the kernel by its own code knows it.
 */
export async function tellLostVariables(notebook: vscode.NotebookDocument, { by, isUntold }: VariablesLost): Promise<void> {
  if (!isUntold || by === "exited" || !notebook.getCells().some(({ executionSummary }) => executionSummary?.executionOrder !== undefined))
    return;
  const name = notebook.uri.path.split("/").at(-1) ?? "";
  const what =
    by === "restarted"
      ? `The kernel of “${name}” was restarted from elsewhere, such as JupyterLab or another window.`
      : `The kernel of “${name}” ended, and the server has started it anew. It may have run out of memory.`;
  const text = `${what} Its variables are gone; the outputs and numbers of cells are of the time before. Run the cells again from the top.`;
  if ((await showWarningMessage(text, runAll)) === runAll) await vscode.commands.executeCommand("notebook.execute", notebook.uri);
}

/** The error in a running cell whose notebook was given another kernel. */
export function kernelChanged(): ProductError {
  const text =
    "The notebook was given another kernel while this was running. The old one goes on with it, and what it still prints is not shown here.";
  return new ProductError("disposed", text);
}
