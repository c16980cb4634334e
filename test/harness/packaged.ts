// Suites in a real VS Code with the packaged extension, and with one hub for the whole run.
import { join } from "node:path";
import { runCommand, runMain, runMocha } from "./child";
import { takeStack } from "./hub/shared";
import { harness } from "./paths";

/** Packs the extension, then runs the tests in `files` with what the command line says. */
export function runPackaged(files: string): void {
  runMain(async () => {
    const args = process.argv.slice(2);
    takeStack(args);
    const packaged = await runCommand("package");
    if (packaged !== 0) return packaged;
    return await runMocha(files, ["--require", join(harness, "hub", "shared.ts"), "--timeout", "120000", "--exit", ...args]);
  });
}
