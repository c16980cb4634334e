// A user's servers: listing them, bringing one up, and stopping one until it is really stopped.
import * as v from "valibot";
import { abortable, backoff, delay } from "../../base/async";
import { ProductError } from "../../base/errors";
import { serverTitle, type CallOptions, type HubClient, type ServerStartOptions, type StopAnswer } from "./client";
import { hubServer, type HubServer } from "./model";
import { serverPlace, type ServerPlace } from "./serverPlace";
import { SpawnWatch, type SpawnPace } from "./spawnWatch";

/** A server that is up, and where. */
export interface RunningServer {
  /** "" for the default server. */
  readonly name: string;
  readonly place: ServerPlace;
}

export interface EnsureRunningOptions extends CallOptions {
  /** Options of the start, should it have to start; by default those of the last time. */
  readonly start?: ServerStartOptions | undefined;
  /** The hub's report: the fraction done, 0 to 1 and never falling, and the hub's own words. */
  readonly onProgress?: (fraction: number, message: string) => void;
  /** Milliseconds for the whole; ten minutes unless told. */
  readonly timeout?: number;
  readonly pace?: Partial<SpawnPace>;
}

const defaultTimeout = 600_000;
const defaultPace: SpawnPace = { first: 500, ceiling: 5_000, quiet: 10_000 };

/** The user's servers, the default one first and present even when stopped. */
export async function servers(client: HubClient, user: string, options: CallOptions = {}): Promise<readonly HubServer[]> {
  const known = await client.getServers(user, options);
  const byName = [...known].sort((a, b) => a.name.localeCompare(b.name));
  return known.some(({ name }) => name === "") ? byName : [v.parse(hubServer, { name: "" }), ...byName];
}

/**
 * Returns the server, running: at once if it is, else after watching its spawn, else after starting it.
 *
 * A hub that is gone for a moment while the server starts is asked again until the timeout. Aborting leaves a spawn
 * that has begun to the hub.
 * @throws ProductError `start-failed` with the hub's reason, `timeout`, `aborted`, `signed-out`, `forbidden`.
 */
export async function ensureRunning(
  client: HubClient,
  user: string,
  server: string,
  options: EnsureRunningOptions = {},
): Promise<RunningServer> {
  const timeout = options.timeout ?? defaultTimeout;
  const waited = timeout < 60_000 ? `${timeout / 1000} s` : `${Math.round(timeout / 60_000)} min`;
  const message = `Waiting for ${titleOf(client, server)} ended after ${waited}; it is still not up. It may come up later: look at ${home(client)}, and try again or stop it there.`;
  return bounded(options.signal, timeout, message, async (signal) => {
    const pace = { ...defaultPace, ...options.pace };
    const known = await find(client, user, server, signal);
    const settled = known.pending === null || known.pending === "spawn" ? known : await settle(client, user, server, signal, pace);
    if (settled.ready) return running(client, settled);
    const watch = new SpawnWatch({
      client,
      user,
      server,
      signal,
      pace,
      onProgress: options.onProgress ?? (() => undefined),
      look: () => find(client, user, server, signal),
    });
    const up = settled.pending === "spawn" ? await watch.follow() : await watch.start(options.start ?? {});
    return running(client, up);
  });
}

/**
 * Waits until somebody has started the server by other means (the hub's spawn page), for `EnsureRunningOptions.timeout`
 * at most, then follows the spawn.
 * @throws ProductError `timeout` where nobody has, and as `ensureRunning`
 */
export async function ensureStartedElsewhere(
  client: HubClient,
  user: string,
  server: string,
  options: EnsureRunningOptions = {},
): Promise<RunningServer> {
  const message = `Nobody has started ${titleOf(client, server)} on the hub's page in the meantime. Start it here or there.`;
  await bounded(options.signal, options.timeout ?? defaultTimeout, message, async (signal) => {
    const { first, ceiling } = { ...defaultPace, ...options.pace };
    for (let attempt = 0; (await find(client, user, server, signal)).stopped; attempt++) {
      // A user is at work there: soon enough to notice, and no more often.
      await delay(Math.min(backoff(attempt, 2 * first, ceiling), ceiling), signal);
    }
  });
  return ensureRunning(client, user, server, options);
}

/** How long stopping may take, and how often the hub is asked meanwhile. */
export interface StopOptions extends CallOptions {
  /** Milliseconds; ten minutes unless told. */
  readonly timeout?: number;
  readonly pace?: Partial<SpawnPace>;
}

/**
 * Stops the server and resolves when it is really stopped. One that is still starting is stopped at once where the hub
 * can do that (6), else when it has come up.
 * @throws ProductError `timeout`, `aborted`, or what the hub answered.
 */
export function stop(client: HubClient, user: string, server: string, options: StopOptions = {}): Promise<void> {
  const message = `${titleOf(client, server)} is still not stopped. Look at ${home(client)}.`;
  return end(client, user, server, (signal) => client.stopServer(user, server, { signal }), message, options);
}

/**
 * Stops a named server and has the hub forget it, with its options; what it stored goes with it where the hub's spawner
 * deletes storage. Resolves when it is gone.
 * @throws ProductError `timeout`, `aborted`, or what the hub answered.
 */
export async function remove(client: HubClient, user: string, server: string, options: StopOptions = {}): Promise<void> {
  const message = `${titleOf(client, server)} is still not deleted. Look at ${home(client)}.`;
  await end(client, user, server, (signal) => client.deleteServer(user, server, { signal }), message, options);
  // Asked to delete it while it stopped, the hub may have done only the latter.
  await client.deleteServer(user, server, { signal: options.signal });
}

async function end(
  client: HubClient,
  user: string,
  server: string,
  ask: (signal: AbortSignal) => Promise<StopAnswer>,
  message: string,
  options: StopOptions,
): Promise<void> {
  await bounded(options.signal, options.timeout ?? defaultTimeout, message, async (signal) => {
    const pace = { ...defaultPace, ...options.pace };
    while ((await ask(signal)) !== "stopped") {
      const now = await settle(client, user, server, signal, pace);
      if (now.stopped) return;
    }
  });
}

/**
 * Returns a server that `owner` shares with the user, if it runs: a share gives access, not the right to start it.
 * @throws ProductError `server-stopped`; `not-found` where it is not shared any more
 */
export async function sharedRunning(
  client: HubClient,
  user: string,
  owner: string,
  server: string,
  options: CallOptions = {},
): Promise<RunningServer> {
  const shares = await client.sharedServers(user, options);
  const share = shares.find((each) => each.server.user.name === owner && each.server.name === server);
  const what = server === "" ? `the server of ${owner}` : `the server “${server}” of ${owner}`;
  if (!share) throw new ProductError("not-found", `${client.settings.label}: ${what} is not shared with you any more.`);
  if (share.server.ready) return running(client, share.server);
  throw new ProductError("server-stopped", `${client.settings.label}: ${what} is not running. Ask ${owner} to start it.`);
}

/** Asks until nothing is pending: a server that is stopping, being checked, or starting under someone else's hand. */
async function settle(client: HubClient, user: string, server: string, signal: AbortSignal, pace: SpawnPace): Promise<HubServer> {
  for (let attempt = 0; ; attempt++) {
    const now = await find(client, user, server, signal);
    if (now.pending === null) return now;
    await delay(backoff(attempt, pace.first, pace.ceiling), signal);
  }
}

/** The hub's model of the server; a stopped one where the hub has none. */
async function find(client: HubClient, user: string, server: string, signal: AbortSignal): Promise<HubServer> {
  const all = await servers(client, user, { signal });
  return all.find(({ name }) => name === server) ?? v.parse(hubServer, { name: server });
}

function running(client: HubClient, server: Pick<HubServer, "name" | "url" | "full_url">): RunningServer {
  const place = serverPlace(client.settings.baseUrl, server);
  if (!place) {
    throw new ProductError(
      "invalid-response",
      `${client.settings.label} says that ${serverTitle(server.name)} is running, but not where. Restart it on ${home(client)}.`,
    );
  }
  return { name: server.name, place };
}

/** How sentences name the server `server` of the user that `client` acts for. */
function titleOf(client: HubClient, server: string): string {
  return `${serverTitle(server)} of ${client.settings.label}`;
}

function home(client: HubClient): string {
  return new URL("hub/home", client.settings.baseUrl).href;
}

/** Runs `task` with a signal that also aborts after `ms` milliseconds; then it rejects with `timeout` and `message`. */
async function bounded<T>(
  signal: AbortSignal | undefined,
  ms: number,
  message: string,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(new ProductError("timeout", message)), ms);
  const both = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  try {
    return await abortable(task(both), both);
  } finally {
    clearTimeout(timer);
  }
}
