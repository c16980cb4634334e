// Tabs whose file could not be read when they were restored: opened once more in their places.
import * as vscode from "vscode";

/** Opens the file again where it has a tab that is in front; one behind others is opened when it comes to the front. */
export async function reopen(uri: vscode.Uri): Promise<void> {
  for (const group of vscode.window.tabGroups.all) {
    const { activeTab } = group;
    if (activeTab === undefined || uriOf(activeTab.input)?.toString() !== uri.toString()) continue;
    const how = { viewColumn: group.viewColumn, preserveFocus: !group.isActive, preview: activeTab.isPreview };
    const editor = activeTab.input instanceof vscode.TabInputText ? "default" : viewTypeOf(activeTab.input);
    await vscode.commands.executeCommand("vscode.openWith", uri, editor, how);
  }
}

function uriOf(input: unknown): vscode.Uri | undefined {
  const isFile = input instanceof vscode.TabInputNotebook || input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  return isFile ? input.uri : undefined;
}

function viewTypeOf(input: unknown): string {
  return input instanceof vscode.TabInputNotebook
    ? input.notebookType
    : input instanceof vscode.TabInputCustom
      ? input.viewType
      : "default";
}
