// What a person does with the extension: signing in, starting the server, choosing the hub's kernel.
import type { Workbench } from "./workbench";

/** A user's server can take a while to start. */
const startMs = 120_000;

/** Who signs in where. */
export interface HubUser {
  /** The hub's address. */
  readonly url: string;
  readonly name: string;
  readonly token: string;
}

/** How the extension names the user's account: `ana @ 127.0.0.1:8000`. */
export function accountLabel({ url, name }: HubUser): string {
  return `${name} @ ${new URL(url).host}`;
}

/** Signs in from the command palette: address, token; then starts the user's server if it is offered. */
export async function signIn(workbench: Workbench, user: HubUser): Promise<void> {
  const { quickInput } = workbench;
  await quickInput.command("JupyterHub: Sign In…");
  await quickInput.answer(/address of your JupyterHub/i, user.url);
  await quickInput.answer(/token/i, user.token);
  const greeting = await workbench.notification(/^Signed in as/);
  if (/not running/.test(greeting)) await workbench.answerNotification(/^Signed in as/, "Start Server");
  await workbench.openSidebar("JupyterHub");
  await workbench.sidebarRow(/server\b.*\brunning/i, startMs);
}

/** Chooses a kernel of the user's default server in the notebook's kernel picker. */
export async function pickHubKernel(workbench: Workbench, user: HubUser, kernel = "Python 3 (ipykernel)"): Promise<void> {
  const { notebook, quickInput } = workbench;
  await notebook.openKernelPicker();
  // With a kernel chosen already the others are one step further; the chosen one can be ours.
  await quickInput.waitForEntry(hubKernel(user, kernel));
  await quickInput.pick(hubKernel(user, kernel));
  await notebook.kernelIs(kernel);
}

/** The kernel picker's entry of a hub's kernel: its label, then user and hub. */
export function hubKernel(user: HubUser, kernel = "Python 3 (ipykernel)"): RegExp {
  return new RegExp(`^${escape(kernel)}.*${escape(accountLabel(user))}`);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
