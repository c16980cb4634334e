// What a suite reports: counts and failures, as JSON in the file named by the environment variable RESULT_FILE.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as v from "valibot";

const resultModel = v.object({
  passed: v.number(),
  failed: v.number(),
  skipped: v.number(),
  failures: v.array(v.object({ title: v.string(), message: v.string() })),
  seconds: v.optional(v.record(v.string(), v.number()), {}),
});

/** What came of one suite. `failures` holds one entry for each failed test; `seconds` says what files of tests took. */
export type SuiteResult = v.InferOutput<typeof resultModel>;

/** Writes `result` to RESULT_FILE, if that is set: how a suite that does not use mochaReporter.js reports. */
export function reportResult(result: SuiteResult): void {
  const file = process.env.RESULT_FILE;
  if (file === undefined || file === "") return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(result));
}

/** Reads what a suite reported and removes the file; undefined if it reported nothing that can be read. */
export function takeResult(file: string): SuiteResult | undefined {
  try {
    return v.parse(resultModel, JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined; // the suite died before its end: the caller counts that as a failure of its own
  } finally {
    rmSync(file, { force: true });
  }
}

/** One failed test. */
export function failed(title: string, message: string): SuiteResult {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title, message }], seconds: {} };
}

/** One passed test. */
export const passed: SuiteResult = { passed: 1, failed: 0, skipped: 0, failures: [], seconds: {} };

/** All counts and failures together. */
export function sum(results: readonly SuiteResult[]): SuiteResult {
  return results.reduce(
    (total, one) => ({
      passed: total.passed + one.passed,
      failed: total.failed + one.failed,
      skipped: total.skipped + one.skipped,
      failures: [...total.failures, ...one.failures],
      seconds: { ...total.seconds, ...one.seconds },
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [], seconds: {} },
  );
}

/** The line that ends `npm test`. */
export function lastLine({ passed: good, failed: bad, skipped }: SuiteResult): string {
  return `${good} passed, ${bad} failed, ${skipped} skipped`;
}
