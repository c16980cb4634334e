// activate(): builds the graph of the application and registers its user interface.
import { join } from "node:path";
import type * as vscode from "vscode";
import { Hubs } from "./app/hubs";
import { HubWatch } from "./app/hubWatch";
import { Journals } from "./app/journals";
import { KeepAlive } from "./app/keepAlive";
import { NotebookSessions } from "./app/notebookSessions";
import { Resting } from "./app/resting";
import { RunningKernels } from "./app/runningKernels";
import { Servers } from "./app/servers";
import { SpawnForms } from "./app/spawnForms";
import { DisposableStore } from "./base/disposable";
import { registerCommands } from "./ui/commands";
import type { AppContext } from "./ui/context";
import { registerContextKeys } from "./ui/contextKeys";
import { registerFiles } from "./ui/files/register";
import { registerAttaching } from "./ui/notebook/attachOpened";
import { registerMoves } from "./ui/notebook/moved";
import { registerNotebooks } from "./ui/notebook/register";
import { createPorts } from "./ui/ports";
import { registerKeepAliveStatus } from "./ui/servers/keepAlive";
import { StartReports } from "./ui/servers/startReports";
import { registerAuthenticationProvider } from "./ui/signIn/authenticationProvider";
import { registerFirstRun } from "./ui/signIn/firstRun";
import { registerUriRedirects } from "./ui/signIn/oauthFlow";
import { registerSidebar } from "./ui/sidebar/register";

export function activate(context: vscode.ExtensionContext): void {
  const { subscriptions } = context;
  const { channel, ...ports } = createPorts(context);
  const hubs = new Hubs(ports);
  const servers = new Servers(hubs, ports);
  const notebookSessions = new NotebookSessions(servers, ports.log);
  const resting = new Resting(notebookSessions, ports);
  const runningKernels = new RunningKernels(hubs, servers, ports);
  const hubWatch = new HubWatch(hubs, servers, ports);
  const keepAlive = new KeepAlive(servers, ports);
  // Not among the subscriptions: VS Code disposes those without waiting for `deactivate`, which still needs all this.
  const graph = new DisposableStore();
  for (const part of [hubs, servers, hubWatch, keepAlive, runningKernels, resting, notebookSessions]) graph.add(part);
  const journals = new Journals(join(context.globalStorageUri.fsPath, "runs"), ports.log);
  const spawnForms = new SpawnForms(ports);
  const startReports = new StartReports(ports.log);
  const redirects = registerUriRedirects(subscriptions);
  const app: AppContext = { hubs, servers, hubWatch, keepAlive, spawnForms, notebookSessions, runningKernels, journals, startReports, redirects, memory: ports.memory, log: ports.log, channel };
  subscriptions.push(startReports);
  registerFiles(app, subscriptions);
  registerContextKeys(app, subscriptions);
  const notebooks = registerNotebooks(app, subscriptions);
  registerAttaching(app, notebooks, registerMoves(app, notebooks, subscriptions), subscriptions);
  const tree = registerSidebar(app, subscriptions);
  subscriptions.push(registerFirstRun(app, notebooks));
  subscriptions.push(registerAuthenticationProvider(app), registerCommands(app, notebooks, tree), registerKeepAliveStatus(app));
  leave = async () => {
    await notebooks.leave();
    graph.dispose();
  };
}

let leave = (): Promise<void> => Promise.resolve();

/** VS Code waits for this, a few seconds at most, before it ends the extension host. */
export function deactivate(): Promise<void> {
  return leave();
}
