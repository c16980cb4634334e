// npm run test:services [-- --stack newest|previous|oldest] [--files a.test.ts,b.test.ts] [mocha's arguments]: against a real hub and user server, one for the whole run.
import { join } from "node:path";
import { runMain, runMocha } from "../child";
import { takeStack } from "../hub/shared";
import { harness } from "../paths";
import { takeFiles } from "../suiteFiles";

const sharedHub = join(harness, "hub", "shared.ts");

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  takeStack(args);
  return await runMocha(takeFiles(args, "services"), ["--require", sharedHub, "--timeout", "60000", "--exit", ...args]);
}

runMain(main);
