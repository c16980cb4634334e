// npm run lint: strictness and import directions (eslint.config.mjs), and that no imports go in a circle (.dependency-cruiser.cjs).
// Arguments go to eslint: -- --fix
import { runMain, runPackage } from "../child";

const folders = ["src", "test", "renderer"];

runMain(async () => {
  const strict = await runPackage("eslint/bin/eslint.js", [...folders, ...process.argv.slice(2)]);
  const circles = await runPackage("dependency-cruiser/bin/dependency-cruise.mjs", ["--config", ".dependency-cruiser.cjs", ...folders]);
  return strict === 0 ? circles : strict;
});
