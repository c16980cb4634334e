// Runs code in the extension host of a desktop VS Code (@vscode/test-electron downloads it).
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { downloadAndUnzipVSCode, SilentReporter } from "@vscode/test-electron";
import { withTimeout } from "../../../src/base/async";
import { cacheRoot } from "../install/cache";
import { step } from "../install/progress";
import { onPath } from "../install/system";
import { ProcessOwner } from "../processes/owner";
import { tail } from "../processes/run";
import { errorsIn, logsBelow, logsVariable } from "../results/logFiles";
import type { ExtensionHostResult, HostRun } from "./hostRun";
import { printedIn } from "./inHost/print";

/** Where it can be had: the program of a downloaded stable VS Code. Throws with the reason where it cannot. */
export async function findElectron(): Promise<string> {
  if (process.platform === "linux" && !hasDisplay() && onPath("xvfb-run") === undefined) {
    throw new Error("there is no display; install xvfb (Debian: apt-get install xvfb) or set DISPLAY.");
  }
  const cachePath = path.join(cacheRoot(), "vscode");
  mkdirSync(cachePath, { recursive: true });
  return await step("VS Code: looking for the stable release", () =>
    downloadAndUnzipVSCode({ version: "stable", cachePath, reporter: new SilentReporter(), timeout: 15_000 }),
  );
}

/**
 * Runs `testsPath` there. Starts VS Code itself and not by test-electron's runTests, which can neither be stopped nor
 * bounded in time; the flags are the same.
 */
export async function runInElectron(executable: string, run: HostRun): Promise<ExtensionHostResult> {
  const owner = new ProcessOwner();
  const user = path.join(owner.directory, "user-data", "User");
  const logs = logsBelow(path.join(owner.directory, "user-data"));
  mkdirSync(user, { recursive: true });
  writeFileSync(path.join(user, "settings.json"), JSON.stringify(run.settings));
  const args = [
    run.workspace,
    `--user-data-dir=${path.join(owner.directory, "user-data")}`,
    `--extensions-dir=${path.join(owner.directory, "extensions")}`,
    `--extensionDevelopmentPath=${run.extensionPath}`,
    `--extensionTestsPath=${run.testsPath}`,
    ...["--no-sandbox", "--disable-gpu-sandbox", "--disable-updates", "--disable-extensions"],
    ...(run.inspectPort === undefined ? [] : [`--inspect-brk-extensions=${run.inspectPort}`]),
    ...["--skip-welcome", "--skip-release-notes", "--disable-workspace-trust", "--password-store=basic"],
  ];
  const headless = process.platform === "linux" && !hasDisplay();
  const child = owner.spawn(headless ? "xvfb-run" : executable, headless ? ["-a", executable, ...args] : args, {
    // A VS Code terminal sets these, and they make the program act as something else.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: undefined, VSCODE_IPC_HOOK_CLI: undefined, [logsVariable]: logs },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const take = (line: string): void => {
    const ours = printedIn(line);
    if (ours === undefined) printed += `${line}\n`;
    else run.onLine(ours);
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", take);
  }
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
    const code = await withTimeout(ended, run.timeout, `VS Code did not end within ${run.timeout / 1000} s.`).catch((error: unknown) => {
      throw new Error(`The run in the desktop VS Code failed.${tail(printed, 40)}`, { cause: error });
    });
    // 1 is what VS Code makes of a rejected run(); anything else never got that far.
    if (code !== 0 && code !== 1) throw new Error(`VS Code ended with code ${code ?? "none"}.${tail(printed, 40)}`);
    return { host: "electron (desktop VS Code)", ok: code === 0, errors: errorsIn(logs)() };
  } finally {
    await owner.stop();
  }
}

function hasDisplay(): boolean {
  return Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
}
