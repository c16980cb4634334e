// Asking for the name of a new named server.
import * as vscode from "vscode";
import { isShared } from "../../app/servers/server";
import type { Account } from "../../hub/account/account";
import { serverNameFor, type ServerName } from "../../hub/api/serverName";
import type { AppContext } from "../context";
import { showInputBox } from "../say/boxes";
import { withProgress } from "../say/messages";

/** @returns undefined where the user cancelled. @throws ProductError where the hub cannot be asked what there is */
export async function askServerName(app: AppContext, account: Account): Promise<ServerName | undefined> {
  const title = `Looking at the servers of ${account.label}…`;
  const major = await withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
    await app.servers.refresh(account);
    return account.client.majorVersion();
  });
  const taken = app.servers.of(account).filter((server) => !isShared(server));
  const names = taken.map(({ name }) => name);
  const answer = await showInputBox({
    title: `New Server of ${account.label}`,
    prompt: "A name for the server. Each server runs by itself, with its own kernels.",
    placeHolder: "gpu",
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === "") return undefined;
      const result = serverNameFor(text, major, names);
      if ("problem" in result) return result.problem;
      const severity = vscode.InputBoxValidationSeverity.Info;
      return result.displayName === undefined ? undefined : { message: `Its address on the hub will be “${result.name}”.`, severity };
    },
  });
  if (answer === undefined || answer.trim() === "") return undefined;
  const result = serverNameFor(answer, major, names);
  return "problem" in result ? undefined : result;
}
