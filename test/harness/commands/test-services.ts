// npm run test:services [-- --stack newest|previous|oldest] [mocha's arguments]: against a real hub and user server, one for the whole run.
import { join } from "node:path";
import { runMain, runMocha } from "../child";
import { takeStack } from "../hub/shared";
import { harness } from "../paths";

const sharedHub = join(harness, "hub", "shared.ts");

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  takeStack(args);
  return await runMocha("test/services/**/*.test.ts", ["--require", sharedHub, "--timeout", "60000", "--exit", ...args]);
}

runMain(main);
