// All commands: what each does. Titles, icons and where they show are in package.json.
import * as vscode from "vscode";
import { ConnectError } from "../base/errors";
import type { AppContext } from "./context";
import { fileCommands } from "./files/register";
import { kernelCommands, notebookOf, type NotebookArguments } from "./notebook/kernelCommands";
import type { Notebooks } from "./notebook/register";
import { selectKernel, type SelectKernelArguments } from "./notebook/selectKernel";
import { reporting } from "./report";
import { serverCommands } from "./servers/commands";
import type { Node } from "./sidebar/nodes";
import type { HubTree } from "./sidebar/tree";
import { signIn, signOut, type SignInArguments } from "./signIn/signIn";

type HubNode = Extract<Node, { kind: "hub" }>;
type AccountNode = Extract<Node, { kind: "account" }>;
type KernelNode = Extract<Node, { kind: "session" | "kernel" }>;

interface SignOutArguments {
  /** The account's id, as signing in gave it. */
  readonly id: string;
}

/** Registers every command. One that is told all it needs asks nothing, and rejects with the reason where it fails. */
export function registerCommands(app: AppContext, notebooks: Notebooks, tree: HubTree): vscode.Disposable {
  const report = <T>(work: () => Promise<T>): Promise<T | undefined> => reporting(app, work);

  const handlers: Readonly<Record<string, (argument?: never) => unknown>> = {
    signIn: async (given?: SignInArguments | AccountNode | HubNode) => {
      if (given && "url" in given) {
        const { id, label } = await signIn(app, given);
        return { id, label };
      }
      return report(() => signIn(app, given && knownOf(given)));
    },
    signOut: async (given?: SignOutArguments | AccountNode) => {
      if (given && "id" in given) {
        const account = app.hubs.find(given.id);
        if (account) await app.hubs.signOut(account);
        return;
      }
      await report(() => signOut(app, given?.account));
    },
    refresh: () => report(() => tree.refresh()),
    ...serverCommands(app),
    selectKernel: (given?: SelectKernelArguments) =>
      given ? selectKernel(app, notebooks.controllers, given) : report(() => selectKernel(app, notebooks.controllers)),
    ...kernelCommands(app, notebooks),
    ...fileCommands(app),
    shutDownKernel: (given?: NotebookArguments | KernelNode) =>
      given && "confirmed" in given ? notebooks.shutDown(notebookOf(given)) : report(() => shutDownKernel(notebooks, given)),
    openHub: (node?: AccountNode) =>
      report(async () => {
        const account = node?.account ?? app.hubs.accounts[0];
        if (account) await vscode.env.openExternal(vscode.Uri.parse(account.home.href, true));
      }),
    showLog: () => app.channel.show(),
  };
  return vscode.Disposable.from(
    ...Object.entries(handlers).map(([name, handler]) => vscode.commands.registerCommand(`jupyterhubConnect.${name}`, handler)),
  );
}

/** What a row of the view knows of a sign-in. */
function knownOf(node: AccountNode | HubNode): SignInArguments {
  if (node.kind === "hub") return { url: node.hub.url };
  return { url: node.account.hub.href, userName: node.account.userName };
}

/** Shuts down the kernel of a row of the view, or of the active notebook. */
async function shutDownKernel(notebooks: Notebooks, given?: NotebookArguments | KernelNode): Promise<void> {
  const node = given && "kind" in given ? given : undefined;
  const notebook = given && "kind" in given ? undefined : notebookOf(given);
  const shutDown = "Shut Down";
  const detail = "Its variables are lost, for everyone who is connected to it. Files stay.";
  const question = `Shut down the kernel ${notebook ? "of this notebook" : kernelName(node)}?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, shutDown);
  if (answer !== shutDown) return;
  if (notebook) await notebooks.shutDown(notebook);
  else if (node) await shutDownRow(node);
}

function kernelName(node: KernelNode | undefined): string {
  return node?.kind === "session" ? `of “${node.session.name || node.session.path}”` : "without a session";
}

async function shutDownRow(node: KernelNode): Promise<void> {
  const { services } = node.server;
  if (!services) throw new ConnectError("server-stopped", `The server of ${node.server.label} is not running any more.`);
  if (node.kind === "session") await services.sessions.shutdown(node.session.id);
  else await services.kernels.shutdown(node.kernel.id);
}
