// code-server, the real VS Code in a browser, for machines where the desktop VS Code cannot be downloaded.
import { copyFileSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { run } from "../processes/run";
import { cached } from "./cache";
import { ensureNode, nodeVersions } from "./node";
import { npmEnvironment } from "./npm";
import { ensureSystem, onPath, type SystemPart } from "./system";

/** An installed code-server: `node` runs `entry`. */
export interface CodeServer {
  /** The Node that it needs. */
  node: string;
  /** code-server's entry.js. */
  entry: string;
  /** Its own version, such as 4.139.1 (which is VS Code 1.139.1). */
  version: string;
}

/** A VS Code that tests run in, and how it is installed. */
interface Release {
  readonly node: keyof typeof nodeVersions;
  /** Beside this file: package.json and the lock file, which pins every package. */
  readonly recipe: string;
  readonly system: readonly SystemPart[];
  readonly install: (target: string, env: NodeJS.ProcessEnv) => Promise<void>;
}

const compiling: readonly SystemPart[] = ["libkrb5-dev", "build-essential", "pkg-config", "python3-venv"];
const quiet = ["--loglevel=error", "--no-audit", "--no-fund"];

/** The newest, and the oldest that `engines.vscode` admits. */
const releases = {
  newest: {
    node: 24,
    recipe: "code-server",
    system: compiling,
    // Its own postinstall brings its pinned VS Code packages.
    install: async (target, env) => {
      await run("npm", ["ci", ...quiet], { cwd: target, env, background: true });
    },
  },
  oldest: {
    node: 20,
    recipe: "code-server-oldest",
    system: [...compiling, "ripgrep"],
    install: installOldest,
  },
} as const satisfies Record<string, Release>;

/** Which VS Code tests run in: `--vscode NAME` of a command, or the environment variable JUPYTERHUB_CONNECT_VSCODE. */
function wanted(): Release {
  const name = process.env["JUPYTERHUB_CONNECT_VSCODE"] ?? "newest";
  if (!isRelease(name)) throw new Error(`There is no VS Code "${name}"; there are ${Object.keys(releases).join(", ")}.`);
  return releases[name];
}

function isRelease(name: string): name is keyof typeof releases {
  return Object.hasOwn(releases, name);
}

/**
 * Takes `--vscode NAME` out of a command's arguments; windows opened from here on are of that release.
 * @throws Error where there is no such release
 */
export function takeRelease(args: string[]): void {
  const at = args.indexOf("--vscode");
  if (at < 0) return;
  process.env["JUPYTERHUB_CONNECT_VSCODE"] = args.splice(at, 2)[1] ?? "";
  wanted();
}

/** code-server, compiled into the cache if it is not there (about three minutes, 620 MB). */
export async function ensureCodeServer(): Promise<CodeServer> {
  const { node, recipe, system, install } = wanted();
  await ensureSystem(system);
  const home = await ensureNode(node);
  const files = ["package.json", "package-lock.json"] as const;
  const directory = await cached({
    name: "code-server",
    key: [
      ...files.map((file) => readFileSync(join(import.meta.dirname, recipe, file), "utf8")),
      nodeVersions[node],
      process.platform,
      process.arch,
    ],
    build: async (target) => {
      for (const file of files) copyFileSync(join(import.meta.dirname, recipe, file), join(target, file));
      const env = npmEnvironment();
      env.PATH = `${join(home, "bin")}:${env.PATH ?? ""}`;
      env.npm_config_nodedir = home; // compile against the headers that came with this Node: no download
      await install(target, env);
    },
  });
  const installed = join(directory, "node_modules", "code-server");
  const manifest: unknown = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const { version } = v.parse(v.object({ version: v.string() }), manifest);
  return { node: join(home, "bin", "node"), entry: join(installed, "out", "node", "entry.js"), version };
}

/**
 * Does what the scripts of its packages would do, but for their downloads: the native parts are compiled, and ripgrep is
 * the system's.
 */
async function installOldest(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const npm = (cwd: string, ...args: readonly string[]): Promise<string> => run("npm", [...args, ...quiet], { cwd, env, background: true });
  await npm(target, "ci", "--ignore-scripts");
  await npm(target, "rebuild", "argon2", "--build-from-source");
  const code = join(target, "node_modules", "code-server", "lib", "vscode");
  // As its own postinstall does: by the lock files that it brings, where it brings one.
  for (const folder of [code, join(code, "extensions")]) await npm(folder, "install", "--omit=dev", "--ignore-scripts");
  await npm(code, "rebuild", "@vscode/spdlog", "kerberos", "native-watchdog");
  // Its own scripts would fetch a program for their last step, which is for Windows.
  const compiler = join(target, "node_modules", "node-gyp", "bin", "node-gyp.js");
  await run(process.execPath, [compiler, "rebuild"], { cwd: join(code, "node_modules", "node-pty"), env, background: true });
  const bin = join(code, "node_modules", "@vscode", "ripgrep", "bin");
  mkdirSync(bin);
  symlinkSync(onPath("rg") ?? "rg", join(bin, "rg"));
  symlinkSync("node_modules", join(code, "node_modules.asar"));
}
