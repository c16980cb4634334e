// npm test: all checks and suites, set-up included. A failure does not stop the rest; the last line is the count.
// Suites run side by side, each part with a hub of its own; what a part prints comes when it ends. -- --serial: one after the
// other, and what they print as they print it, to hunt a fault. -- --lanes N: so many at a time.
// -- --times says what files took, for the table in ../lanes/suites.ts.
// npm run test:full (--full): the same with all faults and interruptions, and the services, signing in and servers on older hubs too.
import { join } from "node:path";
import { messageOf } from "../../../src/base/errors";
import { builtAlready } from "../built";
import { Interrupted, runCommand, runMain } from "../child";
import { ensureCodeServer } from "../install/codeServer";
import { elapsed } from "../install/progress";
import { ensureHubPython } from "../install/python";
import { ensureSystem } from "../install/system";
import { runInLanes, type Job } from "../lanes/lanes";
import { partsOfSuites, partsOnOlderStacks, type Part } from "../lanes/suites";
import { options } from "../options";
import { out } from "../paths";
import { failed, lastLine, passed, sum, takeResult, type SuiteResult } from "../results/results";

const usage = "npm test [-- --serial] [--lanes N] [--times], or npm run test:full";

/** Two cores are busy with two windows: with a third each takes so much longer that nothing is won. */
const usualLanes = 2;

async function main(): Promise<number> {
  const known = { full: { type: "boolean" }, times: { type: "boolean" }, serial: { type: "boolean" }, lanes: { type: "string" } } as const;
  const { values } = options(usage, known);
  const lanes = values.serial === true ? 1 : lanesOf(values.lanes);
  const started = Date.now();
  // What takes long on a fresh machine happens beside the checks, which need none of it.
  const browser = setUp(() => ensureSystem(["chromium", "fonts-dejavu", "fonts-noto-color-emoji"]));
  const hub = setUp(() => ensureHubPython(6));
  const codeServer = setUp(ensureCodeServer);
  if (values.full) Object.assign(process.env, { FAULT_MATRIX: "full", ZERO_LOSS: "full", PICTURES: "1" });

  // Before all others, which use what it makes.
  const results = [await check("package")];
  const forWindows = Promise.all([hub, browser, codeServer]);
  const isHeld = lanes > 1;
  const parts = [...partsOfSuites(), ...(values.full ? partsOnOlderStacks() : [])];
  const jobs: Job<SuiteResult>[] = [
    ...["lint", "typecheck"].map((name) => ({ seconds: early, run: () => check(name, isHeld) })),
    { seconds: early, run: () => suite({ suite: "test:unit", args: [] }, isHeld) },
    ...parts.map((part, at) => ({ seconds: part.seconds, after: part.isWindow ? forWindows : hub, run: () => suite(part, isHeld, at) })),
  ];
  results.push(...(await runInLanes(jobs, lanes)));

  const total = sum(results);
  if (values.times === true)
    for (const [file, seconds] of Object.entries(total.seconds).sort(([, a], [, b]) => b - a))
      console.log(`${seconds.toFixed(0).padStart(4)} s  ${file}`);
  for (const { title, message } of total.failures) console.log(`\nFAILED ${title}\n  ${message.replaceAll("\n", "\n  ")}`);
  console.log(`\nin ${elapsed(started)}\n${lastLine(total)}`);
  return total.failed > 0 || total.skipped > 0 ? 1 : 0;
}

/** As `Job.seconds` of what needs no set-up and says the most: it begins first. */
const early = Number.MAX_SAFE_INTEGER;

function lanesOf(wanted: string | undefined): number {
  const lanes = Number(wanted ?? usualLanes);
  if (!Number.isInteger(lanes) || lanes < 1) throw new Error(`--lanes takes a number from 1 on.\nUsage: ${usage}`);
  return lanes;
}

/** Set-up in the background. The suites that need it do it again and report the reason if it fails. */
function setUp(task: () => Promise<unknown>): Promise<unknown> {
  return task().catch((error: unknown) => console.error(messageOf(error)));
}

/** A command that passes or fails as a whole. */
async function check(name: string, isHeld = false): Promise<SuiteResult> {
  const code = await exitCode(name, [], isHeld);
  return code === 0 ? passed : failed(name, `npm run ${name} ended with exit code ${code}, see above.`);
}

/** A command that reports its tests one by one. */
async function suite({ suite: name, args }: Pick<Part, "suite" | "args">, isHeld: boolean, at = 0): Promise<SuiteResult> {
  const file = join(out, "results", `${name.replace(":", "-")}-${at}.json`);
  takeResult(file); // of an earlier run
  const code = await exitCode(name, args, isHeld, { ...builtAlready, RESULT_FILE: file });
  const result = takeResult(file);
  if (result === undefined) return failed(name, `npm run ${name} reported nothing and ended with exit code ${code}, see above.`);
  if (result.passed + result.failed + result.skipped === 0) return failed(name, `npm run ${name} ran no test.`);
  if (code !== 0 && result.failed === 0) return sum([result, failed(name, `npm run ${name} ended with exit code ${code}, see above.`)]);
  return result;
}

/** @param isHeld what it prints is printed when it has ended: others run beside it */
async function exitCode(name: string, args: readonly string[], isHeld: boolean, env: NodeJS.ProcessEnv = {}): Promise<number> {
  const started = Date.now();
  const heading = `=== ${[name, ...args].join(" ")}`;
  if (!isHeld) console.log(`\n${heading}`);
  try {
    return await runCommand(name, args, {
      env,
      onOutput: isHeld ? (text) => console.log(`\n${heading} (${elapsed(started)})\n${text}`) : undefined,
    });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    console.error(messageOf(error));
    return -1;
  }
}

runMain(main);
