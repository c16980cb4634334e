// Suites in a real VS Code with the packaged extension, and with one hub for the whole run.
import { join } from "node:path";
import { ensureBuilt } from "./built";
import { runMain, runMocha } from "./child";
import { takeStack } from "./hub/shared";
import { takeRelease } from "./install/codeServer";
import { harness } from "./paths";
import { takeFiles } from "./suiteFiles";

/** Packs the extension, then runs the tests of `test/SUITE` with what the command line says. */
export function runPackaged(suite: string): void {
  runMain(async () => {
    const args = process.argv.slice(2);
    takeStack(args);
    takeRelease(args);
    const files = takeFiles(args, suite);
    const packaged = await ensureBuilt("package");
    if (packaged !== 0) return packaged;
    return await runMocha(files, ["--require", join(harness, "hub", "shared.ts"), "--timeout", "120000", "--exit", ...args]);
  });
}
