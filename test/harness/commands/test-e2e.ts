// npm run test:e2e [-- --stack newest|previous|oldest] [mocha's arguments]: a real VS Code with the packaged extension,
// driven as a person would.
import { join } from "node:path";
import { runCommand, runMain, runMocha } from "../child";
import { takeStack } from "../hub/shared";
import { harness } from "../paths";

const sharedHub = join(harness, "hub", "shared.ts");

runMain(async () => {
  const args = process.argv.slice(2);
  takeStack(args);
  const packaged = await runCommand("package");
  if (packaged !== 0) return packaged;
  return await runMocha("test/e2e/**/*.test.ts", ["--require", sharedHub, "--timeout", "120000", "--exit", ...args]);
});
