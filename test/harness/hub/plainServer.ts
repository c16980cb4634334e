// A real Jupyter server that no hub runs, with a token, a password, or open to all.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureHubPython, type HubVersion } from "../install/python";
import { ProcessOwner } from "../processes/owner";
import { freePort } from "../processes/ports";
import { run, tail } from "../processes/run";
import { waitFor } from "../processes/wait";
import { ManagedProcess } from "./managedProcess";

/** How it lets people in; open to all by default. */
export interface PlainServerOptions {
  readonly token?: string;
  readonly password?: string;
  /** The path it lives under; default /. */
  readonly prefix?: string;
  /** Whether it passes on all that kernels say, however much at once; else as it does by default. */
  readonly unlimited?: boolean;
  /** Of the hub whose Python it uses. */
  readonly version?: HubVersion;
}

/** A running server. */
export interface PlainServer {
  /** Its base URL, with trailing slash. */
  readonly url: string;
  /** What it has printed. */
  log(): string;
  stop(): Promise<void>;
}

/** Starts one on a free port of loopback; resolves when it answers. */
export async function startPlainServer(options: PlainServerOptions = {}): Promise<PlainServer> {
  const { token = "", password, prefix = "/", unlimited = false, version = 6 } = options;
  const bin = await ensureHubPython(version);
  const port = await freePort();
  const owner = new ProcessOwner();
  const logFile = join(owner.directory, "server.log");
  const home = join(owner.directory, "home");
  mkdirSync(home);
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  try {
    const hash = password === undefined ? undefined : await hashOf(bin, password, owner.env);
    const server = new ManagedProcess(owner, {
      name: "Jupyter server",
      command: join(bin, "jupyter-server"),
      args: [
        ...[
          "--no-browser",
          "--ServerApp.ip=127.0.0.1",
          `--ServerApp.port=${port}`,
          "--ServerApp.port_retries=0",
          `--ServerApp.base_url=${prefix}`,
        ],
        ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
        // jupyter_server 2 has these elsewhere.
        ...(unlimited ? [`--${version === 3 ? "ServerApp" : "ZMQChannelsWebsocketConnection"}.limit_rate=False`] : []),
        `--${version === 3 ? "ServerApp" : "IdentityProvider"}.token=${token}`,
        ...(hash === undefined ? [] : [`--${version === 3 ? "ServerApp.password" : "PasswordIdentityProvider.hashed_password"}=${hash}`]),
      ],
      env: { ...process.env, HOME: home, PATH: `${bin}:${process.env.PATH ?? ""}`, JUPYTER_NO_CONFIG: "1", PYTHONNOUSERSITE: "1" },
      cwd: home,
      logFile,
    });
    server.start();
    const url = `http://127.0.0.1:${port}${prefix}`;
    await waitFor(
      `the Jupyter server at ${url}`,
      async () => {
        if (!server.running) return "ended";
        return (await fetch(new URL("api", url), { signal: AbortSignal.timeout(5_000) })).ok && "ready";
      },
      60_000,
    ).then((state) => {
      if (state === "ended") throw new Error("Its process ended.");
    });
    return { url, log, stop: () => owner.stop() };
  } catch (error) {
    const printed = tail(log(), 20);
    await owner.stop();
    throw new Error(`The Jupyter server did not start.${printed}`, { cause: error });
  }
}

async function hashOf(bin: string, password: string, env: NodeJS.ProcessEnv): Promise<string> {
  const program = "import sys; from jupyter_server.auth import passwd; print(passwd(sys.argv[1]))";
  return (await run(join(bin, "python"), ["-c", program, password], { timeout: 30_000, env })).trim();
}
