// Ending a terminal from its row in the JupyterHub Connect view.
import type { ServerTerminalRow } from "../../app/hubTree/rows";
import { confirm } from "../confirm";
import type { AppContext } from "../context";

/** Asks once, then ends it. @throws ProductError */
export async function endTerminal({ hubTree }: AppContext, { server, terminal }: ServerTerminalRow): Promise<void> {
  const detail = "What runs in it ends, for everyone who is connected to it. Files stay.";
  const title = `End terminal ${terminal.name} of ${server.label}?`;
  if (await confirm({ title, detail, button: "End Terminal" })) await hubTree.endTerminal(server, terminal.name);
}
