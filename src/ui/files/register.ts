// Files on servers: their file system, its freshness, and the commands that open them.
import * as vscode from "vscode";
import { serverScheme } from "../../app/files/serverAddress";
import type { AppContext } from "../context";
import type { CommandHandlers } from "../contributed/commands";
import type { RenameReports } from "./announcedRenames";
import { reporting } from "../report";
import { openChosen, openServerNotebook } from "./openNotebook";
import { ServerFileSystem } from "./provider";
import { Reach } from "./reach";

/**
 * Registers the file system at once: VS Code asks for what was open before anything else is there.
 * @returns the reports of its renames
 */
export function registerFiles(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): RenameReports {
  const reach = new Reach(app);
  const files = new ServerFileSystem(app, reach);
  // A user who comes back to a file sees the changes of others; nothing polls in between.
  const look = (): void => {
    if (!vscode.window.state.focused) return;
    const shown = [
      ...vscode.window.visibleNotebookEditors.map(({ notebook }) => notebook.uri),
      ...vscode.window.visibleTextEditors.map(({ document }) => document.uri),
    ];
    const ours = new Map(shown.filter(({ scheme }) => scheme === serverScheme).map((uri) => [uri.toString(), uri]));
    if (ours.size > 0) void files.look([...ours.values()]);
  };
  subscriptions.push(
    vscode.workspace.registerFileSystemProvider(serverScheme, files, { isCaseSensitive: true }),
    reach,
    files,
    vscode.window.onDidChangeWindowState(look),
    vscode.window.onDidChangeActiveNotebookEditor(look),
    vscode.window.onDidChangeActiveTextEditor(look),
  );
  return files;
}

/** Handlers by the command's name without its prefix. */
export function fileCommands(app: AppContext) {
  return {
    openServerNotebook: (serverId?: string, path?: string) =>
      serverId === undefined || path === undefined
        ? reporting(app, "openServerNotebook", () => openChosen(app))
        : openServerNotebook(app, serverId, path),
  } satisfies CommandHandlers;
}
