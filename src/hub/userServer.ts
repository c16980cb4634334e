// A user's servers: listing them, bringing one up, and stopping one until it is really stopped.
import * as v from "valibot";
import { abortable, backoff, delay } from "../base/async";
import { ConnectError } from "../base/errors";
import { serverTitle, type CallOptions, type HubClient } from "./client";
import { hubServer, type HubServer } from "./model";
import { SpawnWatch, type SpawnPace } from "./spawnWatch";

/** A server that is up, and where. */
export interface RunningServer {
  /** "" for the default server. */
  readonly name: string;
  /** Its base URL, with trailing slash. */
  readonly url: URL;
}

export interface EnsureRunningOptions extends CallOptions {
  /** `user_options` for the spawner, should it have to start. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** What the hub reports: the fraction done, 0 to 1 and never falling, and the hub's own words. */
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
 * @throws ConnectError `start-failed` with the hub's reason, `timeout`, `aborted`, `signed-out`, `forbidden`.
 */
export async function ensureRunning(
  client: HubClient,
  user: string,
  server: string,
  options: EnsureRunningOptions = {},
): Promise<RunningServer> {
  const title = `${serverTitle(server)} of ${client.settings.label}`;
  const timeout = options.timeout ?? defaultTimeout;
  const waited = timeout < 60_000 ? `${timeout / 1000} s` : `${Math.round(timeout / 60_000)} min`;
  const message = `Waiting for ${title} ended after ${waited}; it is still not up. It may come up later: look at ${home(client)}, and try again or stop it there.`;
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
    const up = settled.pending === "spawn" ? await watch.follow() : await watch.start(options.options);
    return running(client, up);
  });
}

/**
 * Stops the server and resolves when it is really stopped; one that is still starting is stopped when it has come up.
 * @throws ConnectError `timeout`, `aborted`, or what the hub answered.
 */
export async function stop(
  client: HubClient,
  user: string,
  server: string,
  options: CallOptions & { readonly timeout?: number; readonly pace?: Partial<SpawnPace> } = {},
): Promise<void> {
  const message = `${serverTitle(server)} of ${client.settings.label} is still not stopped. Look at ${home(client)}.`;
  await bounded(options.signal, options.timeout ?? defaultTimeout, message, async (signal) => {
    const pace = { ...defaultPace, ...options.pace };
    while ((await client.stopServer(user, server, { signal })) !== "stopped") {
      const now = await settle(client, user, server, signal, pace);
      if (now.stopped) return;
    }
  });
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

function running(client: HubClient, server: HubServer): RunningServer {
  const where = server.full_url ?? server.url;
  if (where === null || !URL.canParse(where, client.settings.baseUrl.origin)) {
    throw new ConnectError(
      "invalid-response",
      `${client.settings.label} says that ${serverTitle(server.name)} is running, but not where. Restart it on ${home(client)}.`,
    );
  }
  const url = new URL(where, client.settings.baseUrl.origin);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { name: server.name, url };
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
  const timer = setTimeout(() => end.abort(new ConnectError("timeout", message)), ms);
  const both = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  try {
    return await abortable(task(both), both);
  } finally {
    clearTimeout(timer);
  }
}
