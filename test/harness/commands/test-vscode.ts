// npm run test:vscode [-- --host electron|code-server] [--stack newest|previous|oldest] [--vscode newest|oldest] [--files a.test.ts,b.test.ts] [--grep TEXT]: mocha inside a real VS Code's extension host.
// -- --inspect: it waits until a debugger is attached ("Attach to the Test Host" in .vscode/launch.json).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureBuilt } from "../built";
import { runMain } from "../child";
import { startHub } from "../hub/hub";
import { takeStack } from "../hub/shared";
import { takeRelease } from "../install/codeServer";
import { say } from "../install/progress";
import { options } from "../options";
import { harness } from "../paths";
import { onInterrupt } from "../processes/interrupt";
import { takeFiles } from "../suiteFiles";
import { runInExtensionHost } from "../vscode/extensionHost";
import { hostNames, type HostName } from "../vscode/hostRun";

const usage =
  "npm run test:vscode -- [--host electron|code-server] [--stack newest|previous|oldest] [--vscode newest|oldest] [--files a.test.ts,b.test.ts] [--grep TEXT] [--inspect]";
/** All tests together; a single test has `testMs` unless it says otherwise. */
const runMs = 20 * 60_000;
const testMs = 60_000;
/** Where .vscode/launch.json attaches; whoever steps through a test takes the time that it takes. */
const inspectPort = 9230;
const inspectMs = 24 * 3_600_000;

async function main(): Promise<number> {
  const version = takeStack(process.argv);
  takeRelease(process.argv);
  const files = takeFiles(process.argv, "vscode");
  const { values } = options(usage, { host: { type: "string" }, grep: { type: "string" }, inspect: { type: "boolean" } });
  const host = hostNamed(values.host);
  const inspect = values.inspect === true;
  onInterrupt(async () => {}, 130); // what has been started ends with this process
  const built = await ensureBuilt("build");
  if (built !== 0) return built;
  const hub = await startHub({ version });
  const workspace = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-tests-"));
  try {
    const result = await runInExtensionHost({
      host,
      entry: "test/harness/vscode/inHost/mocha.ts",
      files,
      workspace,
      timeout: inspect ? inspectMs : runMs,
      inspectPort: inspect ? inspectPort : undefined,
      onLine: (line) => console.log(line),
      parameters: {
        hub: { url: hub.url, version: hub.version, users: hub.users, admin: hub.admin },
        grep: values.grep,
        reporter: path.join(harness, "results", "mochaReporter.js"),
        resultFile: process.env.RESULT_FILE,
        saveLoops: process.env["SAVE_LOOPS"],
        timeout: inspect ? inspectMs : testMs,
      },
    });
    say(`Ran in ${result.host}.`);
    return result.ok ? 0 : 1;
  } finally {
    await hub.stop();
    rmSync(workspace, { recursive: true, force: true });
  }
}

function hostNamed(name: string | undefined): HostName | undefined {
  const host = hostNames.find((known) => known === name);
  if (name !== undefined && host === undefined) throw new Error(`There is no host ${name}.\nUsage: ${usage}`);
  return host;
}

runMain(main);
