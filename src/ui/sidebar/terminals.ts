// Ending a terminal from its row in the JupyterHub view.
import * as vscode from "vscode";
import type { TerminalRow } from "../../app/hubTree/rows";
import type { AppContext } from "../context";

/** Asks once, then ends it. @throws ConnectError */
export async function endTerminal({ hubTree }: AppContext, { server, terminal }: TerminalRow): Promise<void> {
  const end = "End Terminal";
  const detail = "What runs in it ends, for everyone who is connected to it. Files stay.";
  const answer = await vscode.window.showWarningMessage(`End terminal ${terminal.name} of ${server.label}?`, { modal: true, detail }, end);
  if (answer === end) await hubTree.endTerminal(server, terminal.name);
}
