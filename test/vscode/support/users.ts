// People who are signed in to the test hub, directly or through a fault proxy, and their notebooks.
import * as vscode from "vscode";
import type { FaultProxy } from "../../harness/faultProxy";
import { startFaultProxy } from "../../harness/faultProxy";
import { testHub } from "../../harness/vscode/inHost/testHub";
import { closeNotebooks, openNotebook, selectKernel } from "./notebook";

/** Signs in to the hub, by default directly, and gives the account's id. */
export async function signIn(user = "ana", through?: FaultProxy): Promise<string> {
  const hub = testHub();
  const url = through ? through.through(hub.url) : hub.url;
  const { token } = hub.user(user);
  const { id } = await vscode.commands.executeCommand<{ id: string }>("jupyterhubConnect.signIn", { url, token });
  return id;
}

/** Signs out and shuts down what the tests have left on the user's server. */
export async function signOut(id: string, user = "ana"): Promise<void> {
  await vscode.commands.executeCommand("jupyterhubConnect.signOut", { id, confirmed: true });
  const hub = testHub();
  const url = await hub.startServer(user);
  const headers = { Authorization: `token ${hub.user(user).token}` };
  const kernels = (await (await fetch(new URL("api/kernels", url), { headers })).json()) as { id: string }[];
  for (const kernel of kernels) await fetch(new URL(`api/kernels/${kernel.id}`, url), { method: "DELETE", headers });
}

/** A fault proxy before the test hub. */
export async function proxied(): Promise<FaultProxy> {
  const { hostname, port } = new URL(testHub().url);
  return startFaultProxy({ host: hostname, port: Number(port) });
}

/** A suite's notebooks. */
export interface UserNotebooks {
  /** The account's id. */
  readonly account: () => string;
  /** A notebook with these cells, with a kernel of the user's default server. */
  readonly opened: (...sources: string[]) => Promise<vscode.NotebookDocument>;
}

/** Those behind a fault proxy. */
export interface ProxiedNotebooks extends UserNotebooks {
  readonly proxy: () => FaultProxy;
}

/** Call inside `describe`; the result is for use inside tests. The user is signed in before the first and out after the last. */
export function proxiedNotebooks(user: string): ProxiedNotebooks {
  let proxy: FaultProxy;
  let account: string;
  before(async () => {
    proxy = await proxied();
    account = await signIn(user, proxy);
  });
  afterEach(async () => {
    await proxy.restore();
    await closeNotebooks();
  });
  after(async () => {
    await signOut(account, user);
    proxy.close();
  });
  return {
    proxy: () => proxy,
    ...notebooksOn(() => account),
  };
}

/** Call inside `describe`: as `proxiedNotebooks`, with nothing between. */
export function notebooksOf(user: string): UserNotebooks {
  let account: string;
  before(async () => {
    account = await signIn(user);
  });
  afterEach(closeNotebooks);
  after(() => signOut(account, user));
  return notebooksOn(() => account);
}

function notebooksOn(account: () => string): UserNotebooks {
  const opened = async (...sources: string[]): Promise<vscode.NotebookDocument> => {
    const notebook = await openNotebook(...sources);
    await selectKernel({ account: account() });
    return notebook;
  };
  return { account, opened };
}
