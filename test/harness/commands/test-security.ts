// npm run test:security [-- --stack newest|previous|oldest] [mocha's arguments]: hostile hubs, servers, kernels, certificates,
// pages, folders and notebooks against the product (docs/security.md), in plain Node and in a real VS Code with the packaged extension.
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
  return await runMocha("test/security/**/*.test.ts", ["--require", sharedHub, "--timeout", "120000", "--exit", ...args]);
});
