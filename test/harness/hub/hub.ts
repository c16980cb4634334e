// A real JupyterHub on loopback for tests: hub and proxy as processes of their own, users with tokens, REST for arranging.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import type { Certificate } from "../certificates";
import { ensureHubPython, kernelCaches, type HubVersion } from "../install/python";
import { step } from "../install/progress";
import { root } from "../paths";
import { ProcessOwner } from "../processes/owner";
import { freePort } from "../processes/ports";
import { tail } from "../processes/run";
import { waitFor } from "../processes/wait";
import { hubApi, type HubApi } from "./api";
import { ManagedProcess } from "./managedProcess";
import { startUserServer, stopUserServer } from "./servers";
import { createUsers, type TestUser } from "./users";

/** How to start a test hub. */
export interface HubOptions {
  /** JupyterHub's major version; default 6, the newest. */
  version?: HubVersion;
  /** The path the hub lives under, such as /jupyter/; default /. */
  prefix?: string;
  /** The port of its address; default a free one. */
  port?: number;
  /** Its sign-in page has a button instead of fields; whoever presses it is ana. */
  singleSignOn?: boolean;
  /** Who may sign people in with OAuth. */
  oauthClients?: readonly TestOAuthClient[];
  /** Puts its proxy behind TLS; `clientAuthority` (PEM) is who must have signed the certificates of its clients. */
  tls?: Certificate & { clientAuthority?: string };
}

/** An OAuth client as a hub's administrator registers it. */
export interface TestOAuthClient {
  /** Of the service that stands for it. */
  name: string;
  clientId: string;
  secret: string;
  redirectUri: string;
  /** What its tokens may do at most. */
  scopes: readonly string[];
}

/** A running test hub. */
export interface TestHub {
  /** Its address, with prefix and trailing slash. */
  readonly url: string;
  /** JupyterHub's full version, such as 6.1.1. */
  readonly version: string;
  /** ana, alice@example.org and zoë müller, each with all rights over their own things. */
  readonly users: readonly TestUser[];
  /** The user with administrator's rights. */
  readonly admin: TestUser;
  /** The REST API with administrator's rights. */
  readonly api: HubApi;
  /** The user of that name. */
  user(name: string): TestUser;
  /** Starts a user's server unless it runs, waits until it is ready; resolves with its address. */
  startServer(user: string, server?: string, options?: object): Promise<string>;
  /** Stops a user's server and waits until it is gone; a named one is also forgotten with `remove`. */
  stopServer(user: string, server?: string, remove?: boolean): Promise<void>;
  /** Where the user's server runs and the environment it gives its kernels, for programs that are to see the same. */
  userPlace(user: string): { readonly directory: string; readonly env: NodeJS.ProcessEnv };
  /** Stops the hub alone: proxy and user servers go on. */
  stopHubProcess(): Promise<void>;
  /** Starts the hub again and waits until it answers. */
  startHubProcess(): Promise<void>;
  /** Stops the proxy alone: nothing can be reached any more, but hub and user servers go on. */
  stopProxyProcess(): Promise<void>;
  /** Starts the proxy again and waits until the hub has told it all routes. */
  startProxyProcess(): Promise<void>;
  /** What hub, proxy and user servers have printed. */
  log(): string;
  /** Ends everything that belongs to it, kernels included, and removes its files. */
  stop(): Promise<void>;
}

const infoModel = v.object({ version: v.string() });

/**
 * Starts a hub with its users and resolves when it answers (2–4 s). Its processes end with `stop()`, or with ours.
 * @throws Error with the end of the hub's log if it does not come up within a minute.
 */
export async function startHub(options: HubOptions = {}): Promise<TestHub> {
  const { version = 6, prefix = "/", port, tls, singleSignOn = false, oauthClients = [] } = options;
  const bin = await ensureHubPython(version);
  const hubPort = await freePort();
  const proxyPort = await freePort(port);
  const proxyApiPort = await freePort();
  const path = normalizePrefix(prefix);
  const owner = new ProcessOwner();
  const logFile = join(owner.directory, "hub.log");
  const password = "let me in";
  const adminToken = randomBytes(16).toString("hex");
  const proxyToken = randomBytes(16).toString("hex");
  const url = `${tls ? "https" : "http"}://127.0.0.1:${proxyPort}${path}`;
  // Past the proxy where that speaks TLS: what the harness itself asks needs no certificates.
  const inside = tls ? `http://127.0.0.1:${hubPort}${path}` : url;
  const settings = {
    directory: owner.directory,
    bindUrl: url,
    hubPort,
    proxyPort,
    proxyApiPort,
    prefix: path,
    password,
    adminToken,
    proxyToken,
    singleSignOn,
    oauthClients,
  };
  const cwd = owner.directory;

  const proxy = new ManagedProcess(owner, {
    name: "proxy",
    command: process.execPath,
    args: [
      join(root, "node_modules", "configurable-http-proxy", "bin", "configurable-http-proxy"),
      ...["--ip", "127.0.0.1", "--port", `${proxyPort}`, "--api-ip", "127.0.0.1", "--api-port", `${proxyApiPort}`],
      ...["--error-target", `http://127.0.0.1:${hubPort}${path}hub/error`, "--log-level", "warn"],
      ...(tls ? tlsArguments(owner.directory, tls) : []),
    ],
    env: { PATH: process.env.PATH, CONFIGPROXY_AUTH_TOKEN: proxyToken },
    ...{ cwd, logFile },
  });
  const hub = new ManagedProcess(owner, {
    name: "hub",
    command: join(bin, "jupyterhub"),
    args: ["-f", join(import.meta.dirname, "jupyterhub_config.py")],
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH ?? ""}`,
      ...kernelCaches(bin),
      JUPYTERHUB_CONNECT_HUB: JSON.stringify(settings),
      // Nothing of a person's own Jupyter: neither configuration nor packages.
      JUPYTER_NO_CONFIG: "1",
      PYTHONNOUSERSITE: "1",
    },
    ...{ cwd, logFile },
  });

  const api = hubApi(inside, adminToken);
  let finalLog: string | undefined;
  const log = (): string => finalLog ?? (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  const ready = async (): Promise<string> => {
    try {
      return await waitFor(
        `JupyterHub at ${url}`,
        async () => {
          if (!hub.running || !proxy.running) return { dead: hub.running ? "proxy" : "hub" };
          const response = await fetch(new URL("hub/api/", inside), { signal: AbortSignal.timeout(5_000) });
          return response.ok && { version: v.parse(infoModel, await response.json()).version };
        },
        60_000,
      ).then((state) => {
        if (state.version === undefined) throw new Error(`The test hub's ${state.dead} process ended.`);
        return state.version;
      });
    } catch (error) {
      throw new Error(`The test hub (JupyterHub ${version}) did not start.${tail(log(), 30)}`, { cause: error });
    }
  };
  const stop = (): Promise<void> => {
    finalLog ??= log();
    return owner.stop();
  };

  try {
    return await step(`JupyterHub ${version}: starting`, async () => {
      proxy.start();
      hub.start();
      const full = await ready();
      const { users, admin } = await createUsers(api, password);
      return {
        ...{ url, version: full, users, admin, api, log, stop },
        user: (name) => {
          const user = users.find((candidate) => candidate.name === name);
          if (user === undefined) throw new Error(`The test hub has no user ${name}.`);
          return user;
        },
        startServer: (user, server, options) => startUserServer(api, url, user, server, options),
        stopServer: (user, server, remove) => stopUserServer(api, user, server, remove),
        userPlace: (user) => {
          const directory = join(owner.directory, "homes", user);
          return { directory, env: { ...userEnvironment(bin, owner.env), HOME: directory, USER: user } };
        },
        stopHubProcess: () => hub.stop(),
        startHubProcess: async () => {
          hub.start();
          await ready();
        },
        stopProxyProcess: () => proxy.stop(),
        startProxyProcess: async () => {
          proxy.start();
          await hubTellsRoutes(proxyApiPort, proxyToken, hubPort, path, adminToken);
        },
      };
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What makes the proxy speak TLS; it takes files. */
function tlsArguments(directory: string, { cert, key, clientAuthority }: NonNullable<HubOptions["tls"]>): string[] {
  const file = (name: string, content: string): string => {
    const where = join(directory, name);
    writeFileSync(where, content, { mode: 0o600 });
    return where;
  };
  const own = ["--ssl-cert", file("hub.pem", cert), "--ssl-key", file("hub.key", key)];
  if (clientAuthority === undefined) return own;
  return [...own, "--ssl-ca", file("clients.pem", clientAuthority), "--ssl-request-cert", "--ssl-reject-unauthorized"];
}

/** What jupyterhub_config.py gives user servers, and what it keeps of the hub's own environment. */
function userEnvironment(bin: string, hub: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = `${bin}:${process.env.PATH ?? ""}`;
  const kept = ["LANG", "LC_ALL", "TZ", "TMPDIR", "JUPYTERHUB_CONNECT_OWNER"].filter((name) => hub[name] !== undefined);
  const own = { PATH: path, ...kernelCaches(bin), PYTHONNOUSERSITE: "1", JUPYTER_PREFER_ENV_PATH: "1", SHELL: "/bin/bash" };
  return { ...Object.fromEntries(kept.map((name) => [name, hub[name]])), ...own };
}

/** Asks the hub, past the proxy, which knows no routes yet, to tell the proxy all of them. */
async function hubTellsRoutes(apiPort: number, proxyToken: string, hubPort: number, path: string, adminToken: string): Promise<void> {
  await waitFor(
    "the proxy",
    async () => {
      const headers = { Authorization: `token ${proxyToken}` };
      return (await fetch(`http://127.0.0.1:${apiPort}/api/routes`, { headers, signal: AbortSignal.timeout(5_000) })).ok;
    },
    20_000,
  );
  const api = hubApi(`http://127.0.0.1:${hubPort}${path}`, adminToken);
  await api("proxy", { method: "POST" }, [200]);
}

/** `prefix` with one slash at both ends. */
function normalizePrefix(prefix: string): string {
  const inner = prefix.replaceAll(/^\/+|\/+$/g, "");
  return inner === "" ? "/" : `/${inner}/`;
}
