// What a person does with the extension: signing in, starting the server, choosing the hub's kernel.
import type { Workbench } from "./workbench";

/** A user's server can take a while to start. */
const startMs = 120_000;
const pickMs = 30_000;
const stepMs = 3_000;

/** The Python kernel's name for people. */
const pythonKernel = "Python 3 (ipykernel)";

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

/**
 * Signs in from the command palette with address and token, instead of a password; then starts the user's server if it is offered.
 * @param configured chooses the hub among those of the settings, instead of giving its address
 */
export async function signIn(workbench: Workbench, user: HubUser, configured?: RegExp): Promise<void> {
  const { quickInput } = workbench;
  await quickInput.command("JupyterHub Connect: Sign In…");
  if (configured) await quickInput.pick(configured);
  else await quickInput.answer(/address of your JupyterHub/i, user.url);
  await quickInput.expect(/user name/i);
  await quickInput.button("Sign In with a Token Instead");
  await quickInput.answer(/paste a token/i, user.token);
  const greeting = await workbench.notification(/^Signed in as/);
  if (/not running/.test(greeting)) await workbench.answerNotification(/^Signed in as/, "Start Server");
  await workbench.sideBar.open("JupyterHub Connect");
  await workbench.sideBar.row(/server\b.*\brunning/i, startMs);
}

/** Chooses a kernel of the user's default server in the notebook's kernel picker. */
export async function pickHubKernel(workbench: Workbench, user: HubUser, kernel = pythonKernel): Promise<void> {
  await showHubKernel(workbench, user, kernel);
  await workbench.quickInput.pick(hubKernel(user, kernel));
  await workbench.notebook.kernelIs(kernel);
}

/** Opens the notebook's kernel picker and goes on in it until it shows a kernel of the user's default server. */
export async function showHubKernel(workbench: Workbench, user: HubUser, kernel = pythonKernel): Promise<void> {
  const { notebook, quickInput } = workbench;
  const wanted = hubKernel(user, kernel);
  const deadline = Date.now() + pickMs;
  for (;;) {
    await quickInput.dismiss();
    await notebook.openKernelPicker();
    try {
      // With another kernel chosen, or with kernels of several extensions, the hub's are some steps further.
      for (;;) {
        const entry = await quickInput.waitForEntry(steps(wanted), stepMs);
        if ((await quickInput.entries()).some((text) => wanted.test(text))) return;
        await quickInput.pick(new RegExp(`^${escape(entry)}$`), stepMs);
      }
    } catch (error) {
      // A picker opened while kernels are still being registered keeps what it had: open it again.
      if (Date.now() > deadline) throw error;
    }
  }
}

/** The kernel itself, else what leads to it. */
function steps(wanted: RegExp): RegExp {
  return new RegExp(`${wanted.source}|^Select Another Kernel|^JupyterHub Connect`);
}

/** The kernel picker's entry of a hub's kernel: its label, then user and hub; not one that runs for a notebook already. */
export function hubKernel(user: HubUser, kernel = pythonKernel): RegExp {
  return new RegExp(`^${escape(kernel)}(?! of ).*${escape(accountLabel(user))}`);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
