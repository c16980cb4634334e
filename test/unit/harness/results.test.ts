// The counts that end `npm test`.
import { strict as assert } from "node:assert";
import { failed, lastLine, passed, sum } from "../../harness/results/results";

describe("results", () => {
  it("adds up counts and keeps every failure", () => {
    const skipped = { passed: 0, failed: 0, skipped: 2, failures: [], seconds: {} };
    const total = sum([passed, failed("lint", "no"), passed, skipped, failed("unit", "nor")]);
    assert.deepEqual(
      total.failures.map(({ title }) => title),
      ["lint", "unit"],
    );
    assert.equal(lastLine(total), "2 passed, 2 failed, 2 skipped");
  });
});
