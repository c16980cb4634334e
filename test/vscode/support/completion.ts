// Completions in a cell, as an editor asks for them.
import * as vscode from "vscode";
import { waitFor } from "../../harness/processes/wait";

/** The place in the first line of a cell, or the end of its text. */
export function placeIn(notebook: vscode.NotebookDocument, index: number, character?: number): [vscode.Uri, vscode.Position] {
  const { document } = notebook.cellAt(index);
  const end = document.lineAt(document.lineCount - 1).range.end;
  return [document.uri, character === undefined ? end : new vscode.Position(0, character)];
}

/** What is suggested at the end of a cell. @param resolve of so many the documentation is asked for */
export async function complete(notebook: vscode.NotebookDocument, index: number, resolve?: number): Promise<vscode.CompletionItem[]> {
  const place = placeIn(notebook, index);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    "vscode.executeCompletionItemProvider",
    ...place,
    undefined,
    resolve,
  );
  return list.items;
}

/** Whether a suggestion has this name. */
export function isNamed(name: string): (item: vscode.CompletionItem) => boolean {
  return ({ label }) => (typeof label === "string" ? label : label.label) === name;
}

/** The suggestion of that name, once the kernel makes it: a busy machine takes longer than it is waited for in an editor. */
export async function suggested(
  notebook: vscode.NotebookDocument,
  index: number,
  name: string,
  resolve?: number,
): Promise<vscode.CompletionItem> {
  return waitFor(`${name} to be suggested`, async () => (await complete(notebook, index, resolve)).find(isNamed(name)), 20_000);
}
