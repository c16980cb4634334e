// What names the journal of a notebook's runs.
import * as vscode from "vscode";

/** The same for a window after it was reloaded, another for one with another folder. */
export function journalKey(uri: vscode.Uri): string {
  return `${workspaceKey()} ${uri.toString()}`;
}

function workspaceKey(): string {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  return (workspaceFile ?? workspaceFolders[0]?.uri)?.toString() ?? "";
}
