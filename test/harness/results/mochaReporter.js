// A mocha reporter: prints as `spec` does and writes the run's counts, failures and times to RESULT_FILE (see results.ts).
"use strict";
const { mkdirSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
const { Runner, reporters } = require("mocha");

const { EVENT_SUITE_BEGIN, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING, EVENT_RUN_END } = Runner.constants;

/** The file's name from its suite's folder on, also where it was bundled elsewhere. */
const fileOf = (suite) =>
  /^.*[\\/]test[\\/](\w+[\\/].*\.test)\.[jt]s$/
    .exec(suite.file ?? "")?.[1]
    .replaceAll("\\", "/")
    .concat(".ts");

module.exports = class ResultReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const result = { passed: 0, failed: 0, skipped: 0, failures: [], seconds: {} };
    const begun = new Map();
    runner.on(EVENT_SUITE_BEGIN, (suite) => begun.set(suite, Date.now()));
    runner.on(EVENT_SUITE_END, (suite) => {
      const file = suite.parent?.root ? fileOf(suite) : undefined;
      if (file) result.seconds[file] = (result.seconds[file] ?? 0) + (Date.now() - begun.get(suite)) / 1000;
    });
    runner.on(EVENT_TEST_PASS, () => (result.passed += 1));
    runner.on(EVENT_TEST_PENDING, () => (result.skipped += 1));
    const failures = [];
    // Failing hooks arrive here too.
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      result.failed += 1;
      failures.push({ title: test.fullTitle(), error });
    });
    runner.once(EVENT_RUN_END, () => {
      // What hooks have added to the error after the test, in `shown`, explains it.
      for (const { title, error } of failures) {
        const message = [String(error?.stack ?? error), ...(error?.shown === undefined ? [] : [error.shown])].join("\n");
        result.failures.push({ title, message });
      }
      const file = process.env.RESULT_FILE;
      if (!file) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(result));
    });
  }
};
