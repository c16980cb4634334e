// activate(): builds the graph of the application and registers its user interface.
import { join } from "node:path";
import type * as vscode from "vscode";
import { Hubs } from "./app/hubs/hubs";
import { HubTree } from "./app/hubTree/hubTree";
import { HubWatch } from "./app/servers/hubWatch";
import { Journals } from "./app/notebooks/journals";
import { KeepAlive } from "./app/servers/keepAlive";
import { NotebookSessions } from "./app/notebooks/notebookSessions";
import { RecentErrors } from "./app/recentErrors";
import { Resting } from "./app/notebooks/resting";
import { RunningKernels } from "./app/kernels/runningKernels";
import { Servers } from "./app/servers/servers";
import { forgetSignedOut } from "./app/hubs/signedOut";
import { SpawnForms } from "./app/servers/spawnForms";
import { DisposableStore } from "./base/disposable";
import { registerCommands } from "./ui/commands";
import type { AppContext } from "./ui/context";
import { registerContextKeys } from "./ui/contextKeys";
import { registerFiles } from "./ui/files/register";
import { registerAttaching } from "./ui/notebook/document/attachOpened";
import { registerClosing } from "./ui/notebook/document/shutdownOnClose";
import { windowIsShown, windowName } from "./ui/notebook/facts/journalKey";
import { registerMoves } from "./ui/notebook/document/renames";
import { registerProposing } from "./ui/notebook/document/proposeOpened";
import { registerNotebooks } from "./ui/notebook/register";
import { createPorts } from "./ui/ports";
import { registerKeepAliveStatus } from "./ui/servers/keepAlive";
import { StartReports } from "./ui/servers/startReports";
import { registerAuthenticationProvider } from "./ui/signIn/authenticationProvider";
import { registerFirstRun } from "./ui/signIn/firstRun";
import { registerUriRedirects } from "./ui/signIn/oauthFlow";
import { Details } from "./ui/sidebar/details";
import { fingerprint } from "./ui/sidebar/rowViews";
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
  const errors = new RecentErrors();
  const startReports = new StartReports(ports.log);
  const parts = { hubs, servers, hubWatch, keepAlive, starts: startReports, notebookSessions, errors };
  const hubTree = new HubTree({ ...parts, activity: ports.activity, draw: fingerprint, log: ports.log });
  // Not among the subscriptions: VS Code disposes those without waiting for `deactivate`, which still needs all this.
  const graph = new DisposableStore();
  for (const part of [hubs, servers, hubWatch, hubTree, keepAlive, runningKernels, resting, notebookSessions]) graph.add(part);
  const journals = new Journals(join(context.globalStorageUri.fsPath, "runs"), ports.log, windowIsShown);
  for (const part of [journals, forgetSignedOut(hubs, journals)]) graph.add(part);
  const spawnForms = new SpawnForms(ports);
  const redirects = registerUriRedirects(subscriptions);
  const app: AppContext = {
    hubs,
    servers,
    hubWatch,
    hubTree,
    errors,
    keepAlive,
    spawnForms,
    notebookSessions,
    runningKernels,
    journals,
    windowName: windowName(context.workspaceState),
    startReports,
    redirects,
    memory: ports.memory,
    log: ports.log,
    channel,
  };
  subscriptions.push(startReports);
  const files = registerFiles(app, subscriptions);
  registerContextKeys(app, subscriptions);
  const notebooks = registerNotebooks(app, subscriptions);
  const moves = registerMoves(app, notebooks, files, subscriptions);
  registerAttaching(app, notebooks, moves, subscriptions);
  registerProposing(app, notebooks, subscriptions);
  registerClosing(app, notebooks, moves, subscriptions);
  const view = registerSidebar(app, subscriptions);
  const details = new Details(app, context.extension);
  subscriptions.push(registerFirstRun(app, notebooks));
  subscriptions.push(
    details,
    registerAuthenticationProvider(app),
    registerCommands(app, notebooks, view, details),
    registerKeepAliveStatus(app),
  );
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
