// Starting servers with the hub's own progress, in a notification that can be cancelled; a failed start offers the remedy.
import * as vscode from "vscode";
import type { ConnectOptions } from "../../app/notebooks/notebookSessions";
import { isShared, type Server } from "../../app/servers/server";
import type { RunningServerOptions, StartProgress } from "../../app/servers/servers";
import { delay } from "../../base/async";
import { ProductError, hasCode, messageOf } from "../../base/errors";
import type { AppContext } from "../context";
import { patience } from "../patience";
import { showErrorMessage, showInformationMessage, withProgress } from "../say/messages";
import { openServerPage } from "./pages";

/** How a server is to be started. */
export type HowToStart = Pick<RunningServerOptions, "start" | "elsewhere"> & {
  /** Stop it first where it runs or is starting. */
  readonly restart?: boolean;
};

/**
 * Runs `task`; where that takes long a notification shows the hub's progress and lets the user cancel, which ends the
 * waiting and offers to end the start too.
 * @throws what `task` throws; ProductError `aborted` where the user cancelled
 */
export async function withStartProgress<T>(
  app: AppContext,
  server: Server,
  outer: AbortSignal | undefined,
  task: (options: Required<ConnectOptions>) => Promise<T>,
  title = `Starting the server of ${server.label}`,
): Promise<T> {
  const cancelled = new AbortController();
  const signal = outer ? AbortSignal.any([outer, cancelled.signal]) : cancelled.signal;
  let last: StartProgress = { fraction: 0, message: "" };
  let show: ((progress: StartProgress) => void) | undefined;
  const result = task({
    signal,
    onProgress: (progress) => {
      last = progress;
      app.startReports.note(server, progress);
      show?.(progress);
    },
  });
  const over = result.then(
    () => true,
    (error: unknown) => {
      if (!hasCode(error, "aborted")) app.errors.note(server.id, error);
      return true;
    },
  );
  void over.then(() => app.startReports.note(server, undefined));
  if (await Promise.race([over, delay(patience).then(() => false)])) return result;
  const where = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  void withProgress(where, async (progress, token) => {
    token.onCancellationRequested(() => {
      cancelled.abort(new ProductError("aborted", "Waiting for the server was cancelled. It may still come up."));
      void offerStop(app, server);
    });
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

/** Starts a server and learns its kernels; a running one only does the latter. @throws ProductError */
export async function startServer(app: AppContext, server: Server, how: HowToStart = {}): Promise<void> {
  const { start, elsewhere = false } = how;
  const title = elsewhere ? `Waiting for the start of ${server.label} on the hub's page` : undefined;
  await withStartProgress(
    app,
    server,
    undefined,
    async (options) => {
      const all = { ...options, start, elsewhere };
      await (how.restart ? app.servers.restart(server, all) : app.servers.ensureRunning(server, all));
      await app.servers.refreshServices(server, options.signal);
    },
    title,
  );
}

/**
 * As `startServer`, for a user: a start that fails says why, and can be tried again.
 * @returns whether the server runs
 */
export async function startForPerson(app: AppContext, server: Server, how: HowToStart = {}): Promise<boolean> {
  for (let next: HowToStart | undefined = how; next;) {
    try {
      await startServer(app, server, next);
      return true;
    } catch (error) {
      if (!hasCode(error, "start-failed", "timeout", "unreachable", "server-error")) throw error;
      app.log.error(`${server.label} was not started`, error);
      next = await afterFailure(app, server, next, error);
    }
  }
  return false;
}

/** Shows why a start failed. @returns how to try again, if the user wants to */
async function afterFailure(app: AppContext, server: Server, how: HowToStart, error: ProductError): Promise<HowToStart | undefined> {
  const again = "Try Again";
  const wait = "Keep Waiting";
  const stop = "Stop Server";
  const page = "Open Hub Page";
  const log = "Open Log";
  const stillStarting = error.code === "timeout" && !isShared(server) && !how.elsewhere;
  const choices = stillStarting ? [wait, stop, page, log] : [again, page, log];
  switch (await showErrorMessage(messageOf(error), ...choices)) {
    case again:
      // A start that the hub still takes for under way has failed already.
      return { ...how, restart: server.state === "starting" };
    case wait:
      return { ...how, restart: false };
    case stop:
      await stopWithProgress(app, server);
      return undefined;
    case page:
      await openServerPage(server);
      return undefined;
    case log:
      app.channel.show();
      return undefined;
    default:
      return undefined;
  }
}

/** Cancelling ends the waiting; the start itself goes on unless the user wants it stopped too. */
async function offerStop(app: AppContext, server: Server): Promise<void> {
  if (server.state !== "starting") return;
  const stop = "Stop Server";
  const text = `Nobody waits for the server of ${server.label} any more; the hub goes on starting it.`;
  const choice = await showInformationMessage(text, stop, "Let It Start");
  if (choice !== stop) return;
  try {
    await stopWithProgress(app, server);
  } catch (error) {
    app.log.error(`${server.label} was not stopped`, error);
    void showErrorMessage(messageOf(error));
  }
}

/** Stops a server, without asking. @throws ProductError */
export async function stopWithProgress(app: AppContext, server: Server): Promise<void> {
  const title = `Stopping the server of ${server.label}…`;
  await withProgress({ location: vscode.ProgressLocation.Notification, title }, () => app.servers.stop(server));
}
