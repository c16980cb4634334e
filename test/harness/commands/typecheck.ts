// npm run typecheck: the extension, its renderer, and the tests with both.
import { runMain, runPackage } from "../child";

runMain(async () => {
  let worst = 0;
  for (const project of [".", "renderer", "test"]) worst = Math.max(worst, await runPackage("typescript/bin/tsc", ["-p", project]));
  return worst;
});
