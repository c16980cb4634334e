// npm run test:e2e: a real VS Code with the packaged extension, driven as a person would. Arguments go to mocha.
import { join } from "node:path";
import { runCommand, runMain, runMocha } from "../child";
import { harness } from "../paths";

const sharedHub = join(harness, "hub", "shared.ts");

runMain(async () => {
  const packaged = await runCommand("package");
  if (packaged !== 0) return packaged;
  return await runMocha("test/e2e/**/*.test.ts", ["--require", sharedHub, "--timeout", "120000", "--exit", ...process.argv.slice(2)]);
});
