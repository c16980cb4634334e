// npm run typecheck: the extension, and the tests with it.
import { runMain, runPackage } from "../child";

runMain(async () => {
  const extension = await runPackage("typescript/bin/tsc", ["-p", "."]);
  const tests = await runPackage("typescript/bin/tsc", ["-p", "test"]);
  return extension === 0 ? tests : extension;
});
