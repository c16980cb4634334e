// npm run build: bundles the extension into dist/, and writes the notices of what is in it. Arguments go to esbuild.js.
import { runMain, runNode } from "../child";
import { root } from "../paths";
import { writeNotices } from "../publish/notices";

runMain(async () => {
  const args = process.argv.slice(2);
  const built = await runNode(["esbuild.js", ...args]);
  if (built === 0 && !args.includes("--watch")) writeNotices(root);
  return built;
});
