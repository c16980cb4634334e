// Runs code inside a real extension host: the one entry for both hosts, desktop VS Code and code-server.
import { rmSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { messageOf } from "../../../src/base/errors";
import { root } from "../paths";
import { bundleForExtensionHost } from "./bundle";
import { findElectron, runInElectron } from "./electronHost";
import { writeParameters } from "./inHost/parameters";
import { runInCodeServer } from "./codeServerHost";
import { extensionHostSettings, type Settings } from "./settings";

/** `electron` is the desktop VS Code. */
export const hostNames = ["electron", "code-server"] as const;
export type HostName = (typeof hostNames)[number];

/** What to run, and where. */
export interface ExtensionHostRun {
  /** Default: the desktop VS Code where it can be had, else code-server. */
  readonly host?: HostName | undefined;
  /** The extension under test; default: this repository. */
  readonly extensionPath?: string;
  /** A TypeScript file (relative to the repository) that exports `run(): Promise<void>`; its rejection is a failure. */
  readonly entry: string;
  /** Further TypeScript files to bundle; their bundles' paths reach `entry` as `files` beside `parameters`. */
  readonly files?: readonly string[];
  /** Reaches `entry` through a file that only this user may read and that is deleted on reading. */
  readonly parameters?: unknown;
  /** The folder that the window has open. */
  readonly workspace: string;
  /** Added to extensionHostSettings. */
  readonly settings?: Settings;
  /** The whole run ends with an error after so many milliseconds. */
  readonly timeout: number;
  /** Each line that `entry` prints (see inHost/print.ts); VS Code's own console output is not among them. */
  readonly onLine: (line: string) => void;
  /** Given the window once it is open, to do in it what only a person can; code-server only. */
  readonly onWindow?: (page: Page) => void;
  /** The extension host waits at this port for a debugger before it begins. */
  readonly inspectPort?: number | undefined;
}

/** What reaches the entry inside the host (see readParameters). */
export interface InHostParameters {
  /** The bundles of `files`. */
  readonly files: readonly string[];
  readonly parameters: unknown;
}

/** How it ended. A host that could not run, hung or crashed is an exception instead. */
export interface ExtensionHostResult {
  /** Which host ran, with version. */
  readonly host: string;
  /** Whether `run()` resolved. */
  readonly ok: boolean;
  /** The records of level error in the extension's log. */
  readonly errors: readonly string[];
}

/** One host's way to run; `testsPath` is the bundled entry. */
export type HostRun = Required<Pick<ExtensionHostRun, "extensionPath" | "workspace" | "settings" | "timeout" | "onLine">> & {
  readonly testsPath: string;
} & Pick<ExtensionHostRun, "onWindow" | "inspectPort">;

/**
 * Bundles `entry`, starts a VS Code with a fresh profile and the extension in development mode, and runs it there.
 * @throws Error with the end of VS Code's logs if the host could not run it to its end in time.
 */
export async function runInExtensionHost(options: ExtensionHostRun): Promise<ExtensionHostResult> {
  const { directory, files } = await bundleForExtensionHost([options.entry, ...(options.files ?? [])]);
  try {
    const [testsPath = "", ...others] = files;
    writeParameters(path.dirname(testsPath), { files: others, parameters: options.parameters } satisfies InHostParameters);
    const run: HostRun = {
      extensionPath: options.extensionPath ?? root,
      testsPath,
      workspace: options.workspace,
      settings: { ...extensionHostSettings, ...options.settings },
      timeout: options.timeout,
      onLine: options.onLine,
      ...(options.onWindow === undefined ? {} : { onWindow: options.onWindow }),
      inspectPort: options.inspectPort,
    };
    const electron = options.host === "code-server" ? undefined : await electronOrReason(options.host);
    return electron === undefined ? await runInCodeServer(run) : await runInElectron(electron, run);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The desktop VS Code's program; undefined if it cannot be had and nobody insisted on it. */
async function electronOrReason(host: "electron" | undefined): Promise<string | undefined> {
  try {
    return await findElectron();
  } catch (error) {
    if (host === undefined) return undefined;
    throw new Error(`The desktop VS Code cannot run here: ${messageOf(error)}`, { cause: error });
  }
}
