// Runs code inside a real extension host: the one entry for both hosts, desktop VS Code and code-server.
import { rmSync } from "node:fs";
import path from "node:path";
import { messageOf } from "../../../src/base/errors";
import { root } from "../paths";
import { bundleForExtensionHost } from "./bundle";
import { findElectron, runInElectron } from "./electronHost";
import { writeParameters } from "./inHost/parameters";
import { runInCodeServer } from "./codeServerHost";
import type { ExtensionHostResult, ExtensionHostRun, HostRun } from "./hostRun";
import { extensionHostSettings } from "./settings";

/** What reaches the entry inside the host (see readParameters). */
export interface InHostParameters {
  /** The bundles of `files`. */
  readonly files: readonly string[];
  readonly parameters: unknown;
}

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
