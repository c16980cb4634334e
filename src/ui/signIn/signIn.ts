// Signing in and out, as commands and for the Accounts menu.
import * as vscode from "vscode";
import { ConnectError } from "../../base/errors";
import type { Account } from "../../hub/account";
import type { SignInPort } from "../../hub/signIn";
import type { AppContext } from "../context";
import { startServer } from "../servers/start";
import { BusyNotice } from "./busyNotice";
import { askAddress, signInPrompts } from "./prompts";

/** What a caller may know already. */
export interface SignInArguments {
  readonly url: string;
  readonly token?: string;
}

/**
 * Signs in, asking for what is not given.
 * @throws ConnectError with the reason; `aborted` where the person cancelled
 */
export async function signIn(app: AppContext, given?: SignInArguments): Promise<Account> {
  const address = given?.url ?? (await askAddress());
  if (address === undefined || address.trim() === "") throw new ConnectError("aborted", "Signing in was cancelled.");
  const known = given?.token === undefined ? { address } : { address, token: given.token };
  const notice = new BusyNotice("Signing in to JupyterHub…");
  try {
    const prompts: SignInPort = {
      askToken: (question) => notice.without(() => signInPrompts.askToken(question)),
      confirmPlainHttp: (url) => notice.without(() => signInPrompts.confirmPlainHttp(url)),
    };
    const { account, server } = await app.hubs.signIn(known, prompts, notice.signal);
    await app.servers.refresh(account, notice.signal);
    if (!given) void offerStart(app, account, server);
    return account;
  } finally {
    notice.dispose();
  }
}

/** After signing in the next step is a running server: named by the pasted page, or the default one. */
async function offerStart(app: AppContext, account: Account, name: string): Promise<void> {
  const server = app.servers.get(account, name);
  const greeting = `Signed in as ${account.label}.`;
  if (server.state === "running") {
    await app.servers.refreshServices(server);
    void vscode.window.showInformationMessage(`${greeting} Its kernels are in the notebook's kernel picker now.`);
    return;
  }
  const start = "Start Server";
  const choice = await vscode.window.showInformationMessage(`${greeting} Your server is not running yet.`, start);
  if (choice === start) await startServer(app, server);
}

/** Signs out, after asking which account, if there are several, and whether. */
export async function signOut(app: AppContext, account?: Account): Promise<void> {
  const chosen = account ?? (await chooseAccount(app));
  if (!chosen) return;
  const yes = "Sign Out";
  const answer = await vscode.window.showWarningMessage(
    `Sign out of ${chosen.label}?`,
    { modal: true, detail: "Open notebooks lose their kernels here. Servers and kernels on the hub go on." },
    yes,
  );
  if (answer === yes) await app.hubs.signOut(chosen);
}

/** The only account, or the one the person picks. */
export async function chooseAccount(app: AppContext): Promise<Account | undefined> {
  const { accounts } = app.hubs;
  if (accounts.length === 0) throw new ConnectError("signed-out", "You are not signed in to any JupyterHub. Sign in first.");
  if (accounts.length === 1) return accounts[0];
  const items = accounts.map((account) => ({ label: account.label, account }));
  return (await vscode.window.showQuickPick(items, { title: "Which account?" }))?.account;
}
