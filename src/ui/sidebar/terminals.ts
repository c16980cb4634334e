// Ending a terminal from its row in the JupyterHub Connect view.
import type { TerminalRow } from "../../app/hubTree/rows";
import type { AppContext } from "../context";
import { agrees } from "../say/messages";

/** Asks once, then ends it. @throws ConnectError */
export async function endTerminal({ hubTree }: AppContext, { server, terminal }: TerminalRow): Promise<void> {
  const detail = "What runs in it ends, for everyone who is connected to it. Files stay.";
  if (await agrees(`End terminal ${terminal.name} of ${server.label}?`, detail, "End Terminal")) await hubTree.endTerminal(server, terminal.name);
}
