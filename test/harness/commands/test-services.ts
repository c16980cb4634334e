// npm run test:services [-- --stack newest|oldest] [mocha's arguments]: against a real hub and user server, one for the whole run.
import { join } from "node:path";
import { runMain, runMocha } from "../child";
import { stackNames } from "../hub/shared";
import { harness } from "../paths";

const sharedHub = join(harness, "hub", "shared.ts");

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const at = args.indexOf("--stack");
  if (at >= 0) {
    const [, stack = ""] = args.splice(at, 2);
    if (!stackNames.some((name) => name === stack)) throw new Error(`There is no stack "${stack}"; there are ${stackNames.join(" and ")}.`);
    process.env["JUPYTERHUB_CONNECT_STACK"] = stack;
  }
  return await runMocha("test/services/**/*.test.ts", ["--require", sharedHub, "--timeout", "60000", "--exit", ...args]);
}

runMain(main);
