// npm run test:conform: the project's own notebooks, each counted as a test; arguments as for npm run conform.
import path from "node:path";
import { runCommand, runMain } from "../child";
import { root } from "../paths";

runMain(() => runCommand("conform", [path.join(root, "test", "conform"), ...process.argv.slice(2)]));
