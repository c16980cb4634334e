// What every part of the user interface is given.
import type * as vscode from "vscode";
import type { Hubs } from "../app/hubs";
import type { Journals } from "../app/journals";
import type { NotebookSessions } from "../app/notebookSessions";
import type { Servers } from "../app/servers";
import type { Logger } from "../base/log";

/** The application and its log. */
export interface AppContext {
  readonly hubs: Hubs;
  readonly servers: Servers;
  readonly notebookSessions: NotebookSessions;
  readonly journals: Journals;
  readonly log: Logger;
  readonly channel: vscode.LogOutputChannel;
}
