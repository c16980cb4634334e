// The mocha run inside the extension host; VS Code calls run().
import { createRequire } from "node:module";
import { format } from "node:util";
import * as v from "valibot";
import { errorsIn, lastLines, logsVariable } from "../../results/logFiles";
import { mochaHooks, watchLog } from "../../results/loggedErrors";
import { readParameters } from "./parameters";
import { Failed, print, runnable } from "./print";
import { setTestHub, testHubModel } from "./testHub";

const parametersModel = v.object({
  files: v.array(v.string()),
  parameters: v.object({
    hub: testHubModel,
    /** mocha's --grep, as the source of a regular expression. */
    grep: v.optional(v.string()),
    /** mochaReporter.js. */
    reporter: v.string(),
    /** Where the reporter writes counts and failures. */
    resultFile: v.optional(v.string()),
    /** How many rounds saveLoops.test.ts makes. */
    saveLoops: v.optional(v.string()),
    /** Milliseconds for each test that sets no time of its own. */
    timeout: v.number(),
  }),
});

/** Runs all bundled test files; rejects if a test failed. */
export const run = runnable(async () => {
  const { files, parameters } = v.parse(parametersModel, readParameters(__dirname));
  const { hub, grep, reporter, resultFile, saveLoops, timeout } = parameters;
  setTestHub(hub);
  // The reporter learns of its file as in a mocha of its own process.
  if (resultFile !== undefined) process.env.RESULT_FILE = resultFile;
  if (saveLoops !== undefined) process.env["SAVE_LOOPS"] = saveLoops;
  // An extension host has no standard output that anybody sees; its console is passed on.
  const { default: Mocha } = await import("mocha");
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => print(format(...args));
  const require = createRequire(__filename);
  const mocha = new Mocha({
    ui: "bdd",
    color: false,
    timeout,
    reporter: require(reporter) as Mocha.ReporterConstructor,
    ...(grep === undefined ? {} : { grep: new RegExp(grep) }),
  });
  const logs = process.env[logsVariable];
  mocha.rootHooks(mochaHooks);
  if (logs !== undefined) {
    watchLog(errorsIn(logs));
    mocha.rootHooks({ afterEach: tellLog(logs) });
  }
  for (const file of files) {
    mocha.suite.emit("pre-require", globalThis, file, mocha);
    mocha.suite.emit("require", require(file), file, mocha);
    mocha.suite.emit("post-require", globalThis, file, mocha);
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Failed(`${failures} failed.`);
});

/** A hook that adds to a failure what the extension's log says last. */
function tellLog(logs: string): (this: Mocha.Context) => void {
  return function () {
    const { currentTest } = this;
    if (currentTest?.state === "failed" && currentTest.err) Object.assign(currentTest.err, { shown: lastLines(logs).join("\n") });
  };
}
