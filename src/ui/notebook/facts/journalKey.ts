// Key of a notebook's journal, and the name of the window.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";

/**
 * The key of a notebook's journal: the same after a reload of the window, another one in a window with another folder.
 * @param window `windowName`'s: windows without a folder have notebooks of the same name that are not saved yet
 */
export function journalKey(uri: vscode.Uri, window: string): string {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const workspace = (workspaceFile ?? workspaceFolders[0]?.uri)?.toString();
  return `${workspace ?? (uri.scheme === "untitled" ? window : "")} ${uri.toString()}`;
}

/** Resolves if this window is on a screen: an extension host whose window is gone gets no answers any more. */
export async function windowIsShown(): Promise<void> {
  await vscode.commands.getCommands(true);
}

/** The name of this window. VS Code keeps the state of a window without a folder as long as its unsaved documents. */
export function windowName(state: vscode.Memento): string {
  const key = "window";
  const known = state.get<unknown>(key);
  if (typeof known === "string") return known;
  const name = randomUUID();
  void state.update(key, name);
  return name;
}
