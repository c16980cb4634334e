// Set-next-input: puts the input that a kernel proposes into the notebook.
import * as vscode from "vscode";
import type { NextInput } from "../../../notebook/run/payloads";

/** Writes it in place of the cell's text, or into a new cell below it. Nothing is run. */
export async function applyNextInput(cell: vscode.NotebookCell, { text, replace }: NextInput): Promise<void> {
  const { document, notebook } = cell;
  if (document.isClosed) return;
  const edit = new vscode.WorkspaceEdit();
  if (replace) {
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  } else {
    const data = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, document.languageId);
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(cell.index + 1, [data])]);
  }
  await vscode.workspace.applyEdit(edit);
}
