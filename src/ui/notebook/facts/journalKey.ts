// What names the journal of a notebook's runs.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";

/**
 * The same for a window after it was reloaded, another for one with another folder.
 * @param window `windowName`'s: windows without a folder have notebooks of the same name that are not saved yet
 */
export function journalKey(uri: vscode.Uri, window: string): string {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const workspace = (workspaceFile ?? workspaceFolders[0]?.uri)?.toString();
  return `${workspace ?? (uri.scheme === "untitled" ? window : "")} ${uri.toString()}`;
}

/** Resolves where a person sees this window: an extension host whose window is gone gets no answers any more. */
export async function windowIsShown(): Promise<void> {
  await vscode.commands.getCommands(true);
}

/** Names this window. VS Code keeps the state of a window without a folder as long as what is not saved in it. */
export function windowName(state: vscode.Memento): string {
  const key = "window";
  const known = state.get<unknown>(key);
  if (typeof known === "string") return known;
  const name = randomUUID();
  void state.update(key, name);
  return name;
}
