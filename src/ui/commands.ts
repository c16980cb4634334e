// Table of all commands and their handlers. Titles, icons and menus are in package.json.
import * as vscode from "vscode";
import { TreeNode } from "../app/hubTree/nodes";
import type { AccountRow, HubRow, ServerTerminalRow } from "../app/hubTree/rows";
import { ProductError, messageOf } from "../base/errors";
import { plain } from "../base/plain";
import type { AppContext } from "./context";
import type { CommandHandler, CommandName } from "./contributed/commands";
import { fileCommands } from "./files/register";
import { runningKernelCommands } from "./kernels/commands";
import { kernelNotebookCommands } from "./kernels/notebookCommands";
import { kernelCommands } from "./kernels/kernelCommands";
import type { Notebooks } from "./notebook/register";
import { selectKernel, type SelectKernelArguments } from "./notebook/picker/selectKernel";
import { reporting } from "./report";
import { serverCommands } from "./servers/commands";
import { addHub, removeHub, type HubArguments } from "./servers/hubSetting";
import type { Details } from "./sidebar/details";
import { endTerminal } from "./sidebar/terminals";
import { chooseAccount, signIn, signOut, type SignInArguments } from "./signIn/signIn";

interface SignOutArguments {
  /** The account's id, as signing in gave it. */
  readonly id: string;
  /** Nothing is asked. */
  readonly confirmed?: true;
}

/**
 * Registers every command. One with all arguments asks nothing, and rejects with the reason where it fails. Where
 * something is lost by it, the user's confirmation is among the arguments: else it asks.
 */
export function registerCommands(
  app: AppContext,
  notebooks: Notebooks,
  view: vscode.TreeView<TreeNode>,
  details: Details,
): vscode.Disposable {
  const report = <T>(command: CommandName, work: () => Promise<T>): Promise<T | undefined> => reporting(app, command, work);

  const handlers = {
    signIn: async (given?: SignInArguments | AccountRow | HubRow) => {
      if (given && "url" in given) {
        const { id, label } = await signIn(app, given);
        return { id, label };
      }
      return report("signIn", () => signIn(app, given && knownOf(given)));
    },
    signOut: async (given?: SignOutArguments | AccountRow) => {
      if (given && "id" in given) {
        const account = app.hubs.find(given.id);
        if (account && given.confirmed) await app.hubs.signOut(account);
        else if (account) await report("signOut", () => signOut(app, account));
        return;
      }
      await report("signOut", () => signOut(app, given?.account));
    },
    addHub: (given?: HubArguments) => (given?.confirmed ? addHub(given) : report("addHub", () => addHub(given))),
    removeHub: (given?: HubArguments | HubRow) =>
      given && "url" in given && given.confirmed ? removeHub(app, given) : report("removeHub", () => removeHub(app, given)),
    refresh: () => report("refresh", () => app.hubTree.refresh()),
    ...serverCommands(app),
    selectKernel: (given?: SelectKernelArguments) =>
      given ? selectKernel(app, notebooks.controllers, given) : report("selectKernel", () => selectKernel(app, notebooks.controllers)),
    ...kernelCommands(app, notebooks),
    ...fileCommands(app),
    ...runningKernelCommands(app, notebooks),
    ...kernelNotebookCommands(app, notebooks, view),
    ...details.commands,
    endTerminal: (given?: ServerTerminalRow) => given && report("endTerminal", () => endTerminal(app, given)),
    openHub: (row?: AccountRow) =>
      report("openHub", async () => {
        const account = row?.account ?? (await chooseAccount(app));
        if (account) await vscode.env.openExternal(vscode.Uri.parse(account.home.href, true));
      }),
    showLog: () => app.channel.show(),
  } satisfies Record<CommandName, CommandHandler>;
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) => {
      // VS Code's menus give a row's node, and with several selected all of them; callers give what they like.
      const call = handler as (...given: readonly unknown[]) => unknown;
      return vscode.commands.registerCommand(`jupyterhubConnect.${name}`, (...given: readonly unknown[]) =>
        rejectingPlainly(() => call(...given.map(rowsIn))),
      );
    }),
  );
}

/** Where a command rejects VS Code may show the reason by itself; of our own errors it is plain already. */
async function rejectingPlainly(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProductError || error instanceof vscode.CancellationError) throw error;
    throw new Error(plain(messageOf(error)), { cause: error });
  }
}

/** What stands for nodes of the view is their rows. */
function rowsIn(given: unknown): unknown {
  if (Array.isArray(given)) return given.map((each: unknown) => rowsIn(each));
  return given instanceof TreeNode ? given.row : given;
}

/** What a row of the view knows of a sign-in. */
function knownOf(row: AccountRow | HubRow): SignInArguments {
  if (row.kind === "hub") return { url: row.hub.url };
  return { url: row.account.hub.href, userName: row.account.userName };
}
