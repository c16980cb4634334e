// The cell that a text document is of. Asked for with every key: it is looked for among all cells once.
import * as vscode from "vscode";
import { notebookType } from "./target";

const cells = new WeakMap<vscode.TextDocument, vscode.NotebookCell>();

/** The code cell of a Jupyter notebook whose text this is; undefined where there is none. A raw cell is none. */
export function codeCellOf(document: vscode.TextDocument): vscode.NotebookCell | undefined {
  // A raw cell is code in a language of its own to VS Code.
  if (document.languageId === "raw") return undefined;
  const known = cells.get(document);
  // A cell that was removed is in no notebook any more, and its text is closed; one that is moved stays the same.
  if (known && !document.isClosed) return known;
  for (const notebook of vscode.workspace.notebookDocuments) {
    if (notebook.notebookType !== notebookType) continue;
    const cell = notebook.getCells().find((one) => one.document === document && one.kind === vscode.NotebookCellKind.Code);
    if (cell) cells.set(document, cell);
    if (cell) return cell;
  }
  return undefined;
}
