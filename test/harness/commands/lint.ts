// npm run lint: strictness and import directions (eslint.config.mjs). Arguments go to eslint: -- --fix
import { runMain, runPackage } from "../child";

runMain(() => runPackage("eslint/bin/eslint.js", ["src", "test", ...process.argv.slice(2)]));
