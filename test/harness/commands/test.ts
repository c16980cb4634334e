// npm test: all checks and suites, set-up included. A failure does not stop the rest; the last line is the count.
// npm run test:full (--full): the same with all faults and interruptions, and the services, signing in and servers on older hubs too.
import { join } from "node:path";
import { messageOf } from "../../../src/base/errors";
import { Interrupted, runCommand, runMain } from "../child";
import { ensureCodeServer } from "../install/codeServer";
import { elapsed } from "../install/progress";
import { ensureHubPython } from "../install/python";
import { ensureSystem } from "../install/system";
import { options } from "../options";
import { out } from "../paths";
import { failed, lastLine, passed, sum, takeResult, type SuiteResult } from "../results/results";

async function main(): Promise<number> {
  const { values } = options("npm test, or npm run test:full", { full: { type: "boolean" } });
  const started = Date.now();
  // What takes long on a fresh machine happens beside the checks, which need none of it.
  const browser = setUp(() => ensureSystem(["chromium", "fonts-dejavu", "fonts-noto-color-emoji"]));
  const hub = setUp(() => ensureHubPython(6));
  const codeServer = setUp(ensureCodeServer);

  const results: SuiteResult[] = [];
  for (const name of ["lint", "typecheck", "package"]) results.push(await check(name));
  results.push(await suite("test:unit"));
  await hub;
  if (values.full) Object.assign(process.env, { FAULT_MATRIX: "full", ZERO_LOSS: "full" });
  results.push(await suite("test:services"));
  const olderStacks = values.full ? ["previous", "oldest"] : [];
  for (const stack of olderStacks) results.push(await suite("test:services", ["--stack", stack]));
  await Promise.all([browser, codeServer]);
  // One after the other: all start whole VS Codes, and people's timings are being tried.
  results.push(await suite("test:vscode"));
  results.push(await suite("test:conform"));
  results.push(await suite("test:e2e"));
  results.push(await suite("test:security"));
  for (const stack of olderStacks) results.push(await suite("test:security", ["--stack", stack]));
  const entering = "signing in|an account of its own token|cannot be had|^servers|the network";
  for (const stack of olderStacks) results.push(await suite("test:vscode", ["--stack", stack, "--grep", entering]));
  for (const stack of olderStacks) results.push(await suite("test:e2e", ["--stack", stack, "--grep", "the way into a hub|OAuth client|several servers"]));

  const total = sum(results);
  for (const { title, message } of total.failures) console.log(`\nFAILED ${title}\n  ${message.replaceAll("\n", "\n  ")}`);
  console.log(`\nin ${elapsed(started)}\n${lastLine(total)}`);
  return total.failed > 0 || total.skipped > 0 ? 1 : 0;
}

/** Set-up in the background. The suites that need it do it again and report the reason if it fails. */
function setUp(task: () => Promise<unknown>): Promise<unknown> {
  return task().catch((error: unknown) => console.error(messageOf(error)));
}

/** A command that passes or fails as a whole. */
async function check(name: string): Promise<SuiteResult> {
  heading(name);
  const code = await exitCode(name);
  return code === 0 ? passed : failed(name, `npm run ${name} ended with exit code ${code}, see above.`);
}

/** A command that reports its tests one by one. */
async function suite(name: string, args: readonly string[] = []): Promise<SuiteResult> {
  heading([name, ...args].join(" "));
  const file = join(out, "results", `${name.replace(":", "-")}.json`);
  takeResult(file); // of an earlier run
  const code = await exitCode(name, args, { RESULT_FILE: file });
  const result = takeResult(file);
  if (result === undefined) return failed(name, `npm run ${name} reported nothing and ended with exit code ${code}, see above.`);
  if (result.passed + result.failed + result.skipped === 0) return failed(name, `npm run ${name} ran no test.`);
  if (code !== 0 && result.failed === 0) return sum([result, failed(name, `npm run ${name} ended with exit code ${code}, see above.`)]);
  return result;
}

async function exitCode(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<number> {
  try {
    return await runCommand(name, args, env);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    console.error(messageOf(error));
    return -1;
  }
}

function heading(name: string): void {
  console.log(`\n=== ${name}`);
}

runMain(main);
