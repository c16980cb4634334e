// A code-server (the real VS Code, served to a browser) on loopback with a profile of its own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../../src/base/errors";
import { ensureCodeServer } from "../install/codeServer";
import { ManagedProcess } from "../hub/managedProcess";
import { ProcessOwner } from "../processes/owner";
import { freePort } from "../processes/ports";
import { tail } from "../processes/run";
import { waitFor } from "../processes/wait";
import { logsBelow, logsVariable } from "../results/logFiles";
import { copyInstalled, installExtensions } from "./installed";
import { quietSettings, type Settings } from "./settings";

const startMs = 60_000;

/** How to start a code-server. */
export interface CodeServerOptions {
  /** Default: quietSettings. */
  readonly settings?: Settings;
  /** Settings of the computer that code-server runs on, to VS Code a remote one: those of scope machine belong here. */
  readonly machineSettings?: Settings;
  /** Packaged extensions (.vsix) that are installed. */
  readonly vsix?: readonly string[];
  /** They are installed before the start, as a person would do it; else what was installed once is copied. */
  readonly installs?: boolean | undefined;
  /** Lets a page run mocha in the extension host; hides notifications and refuses dialogs, so not for person-like runs. */
  readonly testDriver?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** Added to the environment that VS Code and its extensions see. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked of whoever opens the page. Default: none, for short runs of the harness. */
  readonly password?: string;
}

/** A running code-server. */
export interface CodeServer {
  /** `http://localhost:PORT/`; localhost, because webviews need a secure context. */
  readonly url: string;
  readonly port: number;
  /** code-server's version. */
  readonly version: string;
  /** Profile, extensions and logs; removed when it has stopped. */
  readonly directory: string;
  /** VS Code's logs, those of extensions among them. */
  readonly logs: string;
  /** Whether its process is alive. */
  readonly running: boolean;
  /** The address of a window that has `folder` open. */
  folderUrl(folder: string): string;
  /** What the server and its extension hosts have printed. */
  log(): string;
  /** Ends its process, as when a person closes VS Code; its directory stays. */
  halt(): Promise<void>;
  /** Starts it again on the same port after `halt()`, and resolves when it answers. */
  resume(): Promise<void>;
  /** Ends it with all its children and removes its directory. */
  stop(): Promise<void>;
}

/** Starts code-server and resolves when it answers (about a second). The first use ever downloads and compiles it. */
export async function startCodeServer(options: CodeServerOptions = {}): Promise<CodeServer> {
  const { node, entry, version } = await ensureCodeServer();
  const owner = new ProcessOwner();
  const directory = owner.directory;
  const logFile = path.join(directory, "code-server.log");
  const log = (): string => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  try {
    const profile = writeProfile(directory, options.settings ?? quietSettings, options.machineSettings ?? {});
    const { vsix = [], installs = false } = options;
    if (installs) await installExtensions({ node, entry, profile, env: owner.env }, vsix);
    else if (vsix.length > 0) await copyInstalled({ node, entry }, vsix, path.join(directory, "extensions"));
    const port = await freePort(options.port);
    const server = new ManagedProcess(owner, {
      name: "code-server",
      command: node,
      args: [
        ...[entry, `--bind-addr=127.0.0.1:${port}`, ...profile],
        `--auth=${options.password === undefined ? "none" : "password"}`,
        ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
        ...(options.testDriver === true ? ["--vscode-option", "enable-smoke-test-driver"] : []),
      ],
      // Inside a terminal of VS Code this variable would make it talk to that window instead of serving one.
      env: {
        ...process.env,
        PASSWORD: options.password,
        VSCODE_IPC_HOOK_CLI: undefined,
        // Tests ask nothing of an extension gallery.
        ...(options.testDriver === true ? { EXTENSIONS_GALLERY: "{}", [logsVariable]: logsBelow(path.join(directory, "user-data")) } : {}),
        ...options.env,
      },
      cwd: directory,
      logFile,
    });
    const start = async (): Promise<void> => {
      server.start();
      await healthy(`http://127.0.0.1:${port}/healthz`, server);
    };
    await start();
    const url = `http://localhost:${port}/`;
    return {
      ...{ url, port, version, directory, log },
      logs: logsBelow(path.join(directory, "user-data")),
      get running() {
        return server.running;
      },
      folderUrl: (folder) => `${url}?folder=${encodeURIComponent(folder)}`,
      halt: () => server.stop(),
      resume: start,
      stop: async () => {
        await server.stop(); // asked first: extensions get to deactivate
        await owner.stop();
      },
    };
  } catch (error) {
    const printed = tail(log());
    await owner.stop();
    throw new Error(`code-server did not start: ${messageOf(error)}${printed}`, { cause: error });
  }
}

/** Writes settings and an empty configuration; returns the flags that make code-server use them. */
function writeProfile(directory: string, settings: Settings, machineSettings: Settings): string[] {
  const user = path.join(directory, "user-data", "User");
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, "settings.json"), JSON.stringify(settings, null, 2));
  const machine = path.join(directory, "user-data", "Machine");
  mkdirSync(machine, { recursive: true });
  writeFileSync(path.join(machine, "settings.json"), JSON.stringify(machineSettings, null, 2));
  // Without a file of ours it would create one in the home directory.
  writeFileSync(path.join(directory, "config.yaml"), "cert: false\n");
  return [
    `--config=${path.join(directory, "config.yaml")}`,
    `--user-data-dir=${path.join(directory, "user-data")}`,
    `--extensions-dir=${path.join(directory, "extensions")}`,
  ];
}

/** Resolves when `url` answers 2xx; rejects at once if the server ends. */
async function healthy(url: string, server: ManagedProcess): Promise<void> {
  const state = await waitFor(
    "its health check",
    async () => {
      if (!server.running) return "ended";
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      return response.ok && "ready";
    },
    startMs,
  );
  if (state === "ended") throw new Error("its process ended.");
}
