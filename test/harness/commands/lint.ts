// npm run lint: strictness and import directions (eslint.config.mjs), that no imports go in a circle (.dependency-cruiser.cjs), and
// that all is formatted (.prettierrc.json; npm run format does it). Arguments go to eslint: -- --fix
import { runMain, runPackage } from "../child";

const folders = ["src", "test", "renderer"];

runMain(async () => {
  const strict = await runPackage("eslint/bin/eslint.js", [...folders, ...process.argv.slice(2)]);
  const circles = await runPackage("dependency-cruiser/bin/dependency-cruise.mjs", ["--config", ".dependency-cruiser.cjs", ...folders]);
  const format = await runPackage("prettier/bin/prettier.cjs", ["--check", "--log-level", "warn", "."]);
  return [strict, circles, format].find((code) => code !== 0) ?? 0;
});
