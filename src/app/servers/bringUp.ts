// Bringing one server up: on the hub, or by waiting for whoever else starts it.
import type { ServerStartOptions } from "../../hub/api/client";
import { ensureRunning, ensureStartedElsewhere, sharedRunning, type RunningServer } from "../../hub/api/userServer";
import { isShared, type Server } from "./server";
import type { StartProgress, WaitOptions } from "./serverStart";

/** How to start a server, and how to wait for it. */
export interface RunningServerOptions extends WaitOptions {
  /** Options of the start, should it have to start; by default those of the last time. */
  readonly start?: ServerStartOptions | undefined;
  /** Somebody starts it elsewhere (on the hub's page): wait for that, do not start it. */
  readonly elsewhere?: boolean;
}

/** The parts of a start's options that say what is done, not how it is waited for. */
export type BringUpOptions = Pick<RunningServerOptions, "start" | "elsewhere"> & { readonly signal: AbortSignal };

/** Resolves when the server runs. One that somebody shares is only looked up. @throws ProductError as `ensureRunning` */
export function bringUp(server: Server, options: BringUpOptions, tell: (progress: StartProgress) => void): Promise<RunningServer> {
  const { account, owner, name } = server;
  const { start, elsewhere, signal } = options;
  if (isShared(server)) return bringUpShared(server, signal);
  const onProgress = (fraction: number, message: string): void => tell({ fraction, message });
  const ensure = elsewhere ? ensureStartedElsewhere : ensureRunning;
  return ensure(account.client, owner, name, { start, signal, onProgress });
}

async function bringUpShared({ account, owner, name }: Server, signal: AbortSignal): Promise<RunningServer> {
  await account.shares.allowList();
  return sharedRunning(account.client, account.userName, owner, name, { signal });
}
