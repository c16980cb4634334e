// AppContext: the services that every part of the user interface is given.
import type * as vscode from "vscode";
import type { Hubs } from "../app/hubs/hubs";
import type { HubTree } from "../app/hubTree/hubTree";
import type { HubWatch } from "../app/servers/hubWatch";
import type { Journals } from "../app/notebooks/journals";
import type { KeepAlive } from "../app/servers/keepAlive";
import type { NotebookSessions } from "../app/notebooks/notebookSessions";
import type { Memory } from "../app/ports";
import type { RecentErrors } from "../app/recentErrors";
import type { RunningKernels } from "../app/kernels/runningKernels";
import type { Servers } from "../app/servers/servers";
import type { SpawnForms } from "../app/servers/spawnForms";
import type { Logger } from "../base/log";
import type { StartReports } from "./servers/startReports";
import type { UriRedirects } from "./signIn/oauthFlow";

/** The application and its log. */
export interface AppContext {
  readonly hubs: Hubs;
  readonly servers: Servers;
  readonly hubWatch: HubWatch;
  readonly hubTree: HubTree;
  /** By the ids of accounts and servers. */
  readonly errors: RecentErrors;
  readonly keepAlive: KeepAlive;
  readonly spawnForms: SpawnForms;
  readonly notebookSessions: NotebookSessions;
  readonly runningKernels: RunningKernels;
  readonly journals: Journals;
  /** The same after this window is reloaded. */
  readonly windowName: string;
  readonly startReports: StartReports;
  readonly redirects: UriRedirects;
  readonly memory: Memory;
  readonly log: Logger;
  readonly channel: vscode.LogOutputChannel;
}
