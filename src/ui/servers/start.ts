// Starting and stopping servers, with the hub's own progress.
import * as vscode from "vscode";
import type { ConnectOptions } from "../../app/notebookSessions";
import type { Server } from "../../app/server";
import type { StartProgress } from "../../app/servers";
import { ConnectError } from "../../base/errors";
import { delay } from "../../base/async";
import type { AppContext } from "../context";
import { chooseAccount } from "../signIn/signIn";

/** Milliseconds after which whoever waits is told what for. */
const patience = 800;

/**
 * Runs `task`; where that takes long a notification shows the hub's progress and lets the person cancel.
 * @throws what `task` throws; ConnectError `aborted` where the person cancelled
 */
export async function withStartProgress<T>(server: Server, outer: AbortSignal | undefined, task: (options: Required<ConnectOptions>) => Promise<T>): Promise<T> {
  const cancelled = new AbortController();
  const signal = outer ? AbortSignal.any([outer, cancelled.signal]) : cancelled.signal;
  let last: StartProgress = { fraction: 0, message: "" };
  let show: ((progress: StartProgress) => void) | undefined;
  const result = task({
    signal,
    onProgress: (progress) => {
      last = progress;
      show?.(progress);
    },
  });
  const over = result.then(
    () => true,
    () => true,
  );
  if (await Promise.race([over, delay(patience).then(() => false)])) return result;
  const where = { location: vscode.ProgressLocation.Notification, title: `Starting the server of ${server.label}`, cancellable: true };
  void vscode.window.withProgress(where, async (progress, token) => {
    token.onCancellationRequested(() => cancelled.abort(new ConnectError("aborted", "Waiting for the server was cancelled. It may still come up.")));
    let reported = 0;
    show = ({ fraction, message }) => {
      progress.report({ message, increment: (fraction - reported) * 100 });
      reported = fraction;
    };
    show(last);
    await over;
  });
  return result;
}

/** Starts a server and learns its kernels; a running one only does the latter. */
export async function startServer(app: AppContext, server: Server): Promise<void> {
  await withStartProgress(server, undefined, async (options) => {
    await app.servers.ensureRunning(server, options);
    await app.servers.refreshServices(server, options.signal);
  });
}

/** Stops a server, after saying what is lost. */
export async function stopServer(app: AppContext, server: Server): Promise<void> {
  const kernels = server.services?.kernels.running.length ?? 0;
  const stop = "Stop Server";
  const detail =
    kernels === 0
      ? "Whatever runs on it ends. Files stay."
      : `${kernels === 1 ? "Its running kernel ends" : `Its ${kernels} running kernels end`} and the variables are lost. Files stay.`;
  const answer = await vscode.window.showWarningMessage(`Stop the server of ${server.label}?`, { modal: true, detail }, stop);
  if (answer !== stop) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Stopping the server of ${server.label}…` },
    () => app.servers.stop(server),
  );
}

/** The server given, or the one the person picks among those for which `accept` holds. */
export async function chooseServer(app: AppContext, accept: (server: Server) => boolean, title: string): Promise<Server | undefined> {
  if (app.hubs.accounts.length === 0) await chooseAccount(app);
  const servers = app.servers.all.filter(accept);
  if (servers.length === 0) throw new ConnectError("not-found", "There is no such server now. Look into the JupyterHub view.");
  if (servers.length === 1) return servers[0];
  const items = servers.map((server) => ({ label: server.label, description: server.state, server }));
  return (await vscode.window.showQuickPick(items, { title }))?.server;
}
