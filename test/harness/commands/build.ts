// npm run build: bundles the extension into dist/. Arguments go to esbuild.js.
import { runMain, runNode } from "../child";

runMain(() => runNode(["esbuild.js", ...process.argv.slice(2)]));
