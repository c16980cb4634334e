// The user's settings for running cells.
import * as vscode from "vscode";

/** Whether the kernel is given all that waits. */
export function handsOver(): boolean {
  return vscode.workspace.getConfiguration("jupyterhubConnect").get<string>("runQueue") !== "window";
}

/** Whether a cell that fails ends what was asked to run together with it. */
export function stopsOnError(): boolean {
  return vscode.workspace.getConfiguration("jupyterhubConnect").get<boolean>("stopOnError", true);
}
