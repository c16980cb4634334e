// Signing in and out, as commands and for the Accounts menu.
import * as vscode from "vscode";
import { ProductError } from "../../base/errors";
import type { Disposable } from "../../base/disposable";
import type { Account } from "../../hub/account/account";
import type { OAuthClient } from "../../hub/signIn/configuration";
import type { OAuthFlow } from "../../hub/oauth/oauth";
import type { SignInPort } from "../../hub/signIn/signIn";
import { confirm } from "../confirm";
import type { AppContext } from "../context";
import { reporting } from "../report";
import { showQuickPick } from "../say/boxes";
import { showInformationMessage, showWarningMessage, withProgress } from "../say/messages";
import { startForPerson } from "../servers/start";
import { askAddress } from "./askAddress";
import { BusyNotice } from "./busyNotice";
import { openOAuth } from "./oauthFlow";
import { signInPrompts } from "./prompts";

/** Arguments of a caller. */
export interface SignInArguments {
  readonly url: string;
  readonly token?: string;
  readonly userName?: string;
  readonly password?: string;
}

/**
 * Signs in, asking for what is not given.
 * @throws ProductError with the reason; `aborted` where the user cancelled
 */
export async function signIn(app: AppContext, given?: SignInArguments): Promise<Account> {
  const { account, server } = await signInForServer(app, given);
  // Not awaited: the user is signed in, whatever they say to that.
  if (!given) void reporting(app, "The offer to start a server", () => offerStart(app, account, server));
  return account;
}

/**
 * As `signIn`, for who goes on by themselves.
 * @returns the account, and the server whose page was pasted; "" for the default one
 */
export async function signInForServer(
  app: AppContext,
  given?: SignInArguments,
): Promise<{ readonly account: Account; readonly server: string }> {
  const address = given?.url ?? (await askAddress(app.hubs.configured));
  if (address === undefined || address.trim() === "") throw new ProductError("aborted", "Signing in was cancelled.");
  const notice = new BusyNotice("Signing in to a JupyterHub…");
  try {
    const prompts: SignInPort = {
      askToken: (question) => notice.without(() => signInPrompts.askToken(question)),
      askPassword: (question) => notice.without(() => signInPrompts.askPassword(question)),
      openOAuth: (client, hub) => openOAuthHidden(app, notice, client, hub),
      confirmPlainHttp: (url) => notice.without(() => signInPrompts.confirmPlainHttp(url)),
      warnUnverified: (url) => signInPrompts.warnUnverified(url),
      confirmOtherHost: (pasted, hub) => notice.without(() => signInPrompts.confirmOtherHost(pasted, hub)),
    };
    const { account, server, notice: said } = await app.hubs.signIn({ ...given, address }, prompts, notice.signal);
    if (said !== undefined) void showInformationMessage(said);
    await app.servers.refresh(account, notice.signal);
    return { account, server };
  } finally {
    notice.dispose();
  }
}

/** As `openOAuth`; its own notice is shown instead of ours while the user is in the browser. */
async function openOAuthHidden(app: AppContext, notice: BusyNotice, client: OAuthClient, hub: URL): Promise<OAuthFlow & Disposable> {
  const flow = await openOAuth(app.redirects, client, hub);
  return { ...flow, visit: (page, state) => notice.without(() => flow.visit(page, state)) };
}

/** After signing in the next step is a running server: named by the pasted page, or the default one. */
async function offerStart(app: AppContext, account: Account, name: string): Promise<void> {
  const server = app.servers.get(account, name);
  const greeting = `Signed in as ${account.label}.`;
  if (server.state === "running") {
    if (await startForPerson(app, server)) void showInformationMessage(`${greeting} Its kernels are in the notebook's kernel picker now.`);
    return;
  }
  const start = "Start Server";
  const choice = await showInformationMessage(`${greeting} Your server is not running yet.`, start);
  if (choice === start) await startForPerson(app, server);
}

/** Signs out, after asking which account, if there are several, and whether. */
export async function signOut(app: AppContext, account?: Account): Promise<void> {
  const chosen = account ?? (await chooseAccount(app));
  if (!chosen) return;
  const detail = "Open notebooks lose their kernels here. Servers and kernels on the hub go on.";
  if (!(await confirm({ title: `Sign out of ${chosen.label}?`, detail, button: "Sign Out" }))) return;
  const title = `Signing out of ${chosen.label}…`;
  const revoked = await withProgress({ location: vscode.ProgressLocation.Notification, title }, () => app.hubs.signOut(chosen));
  if (revoked) return;
  const openPage = "Open Token Page";
  const text = `You are signed out here, but ${chosen.label} could not be told: the token ends by itself in some days. You can revoke it on the hub's token page.`;
  void showWarningMessage(text, openPage).then((choice) => {
    if (choice !== undefined) void vscode.env.openExternal(vscode.Uri.parse(new URL("hub/token", chosen.hub).href, true));
  });
}

/** The only account, or the one the user picks. */
export async function chooseAccount(app: AppContext): Promise<Account | undefined> {
  const { accounts } = app.hubs;
  if (accounts.length === 0) throw new ProductError("signed-out", "You are not signed in to any JupyterHub. Sign in first.");
  if (accounts.length === 1) return accounts[0];
  const items = accounts.map((account) => ({ label: account.label, account }));
  return (await showQuickPick(items, { title: "Which account?" }))?.account;
}
