// Error records of the product's log fail tests.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { nullLogger } from "../../../src/base/log";
import { errorsIn, linesIn, logFilesIn } from "../../harness/results/logFiles";
import { failByErrors, mayLog, undeclaredErrors, watchLog } from "../../harness/results/loggedErrors";

describe("error records in the log", () => {
  it("fail the test that has not declared them, once", () => {
    const told = { ...nullLogger };
    told.error("by a copy");
    nullLogger.error("A listener failed", new Error("why"));
    nullLogger.warn("no matter");
    assert.throws(failByErrors, /by a copy\n.*A listener failed: Error: why/s);
    failByErrors();
  });

  it("are declared by a pattern, until the test ends", () => {
    mayLog(/^expected/);
    nullLogger.error("expected here");
    nullLogger.error("and not expected");
    assert.deepEqual(undeclaredErrors(), ["and not expected"]);
  });

  it("are not declared any more in the next test", () => {
    nullLogger.error("expected before");
    assert.deepEqual(undeclaredErrors(), ["expected before"]);
  });

  describe("of VS Code", () => {
    let directory: string;
    let log: string;
    beforeEach(() => {
      directory = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-logs-"));
      log = path.join(directory, "20261130T120000", "exthost1", "jupyterhub-connect.jupyterhub-connect", "JupyterHub Connect.log");
      mkdirSync(path.dirname(log), { recursive: true });
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it("are read as they come, from each window's file, and from nobody else's", () => {
      const take = errorsIn(directory);
      const unwatch = watchLog(take);
      try {
        assert.deepEqual(undeclaredErrors(), []);
        writeFileSync(
          log,
          "2026-11-30 12:00:00.000 [info] one [error] in words\n2026-11-30 12:00:01.000 [error] two\n  at somewhere\n2026-11-30 12:00:02.000 [err",
        );
        assert.deepEqual(undeclaredErrors(), ["2026-11-30 12:00:01.000 [error] two"]);
        appendFileSync(log, "or] three\n");
        const other = log.replace("exthost1", "exthost2");
        mkdirSync(path.dirname(other), { recursive: true });
        writeFileSync(other, "2026-11-30 12:00:03.000 [error] four\n");
        writeFileSync(path.join(path.dirname(other), "Another.log"), "2026-11-30 12:00:03.000 [error] not ours\n");
        assert.deepEqual(undeclaredErrors(), ["2026-11-30 12:00:02.000 [error] three", "2026-11-30 12:00:03.000 [error] four"]);
        assert.deepEqual(logFilesIn(directory), [log, other]);
      } finally {
        unwatch();
      }
    });

    it("are some of all lines, which a test can show when it fails", () => {
      writeFileSync(log, "2026-11-30 12:00:00.000 [info] one\n");
      const take = linesIn(directory);
      assert.deepEqual(take(), ["2026-11-30 12:00:00.000 [info] one"]);
      appendFileSync(log, "2026-11-30 12:00:01.000 [error] two\n  at somewhere\n");
      assert.deepEqual(take(), ["2026-11-30 12:00:01.000 [error] two", "  at somewhere"]);
    });

    it("are none where there is no log yet", () => {
      assert.deepEqual(errorsIn(path.join(directory, "none"))(), []);
    });
  });
});
