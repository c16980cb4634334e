// npm run package: builds the extension and packs it as out/jupyterhub-connect-VERSION.vsix; prints contents and sizes.
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";
import * as v from "valibot";
import { runCommand, runMain } from "../child";
import { out, root } from "../paths";

async function main(): Promise<number> {
  const built = await runCommand("build");
  if (built !== 0) return built;
  const manifest = v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const vsix = join(out, `jupyterhub-connect-${manifest.version}.vsix`);
  mkdirSync(out, { recursive: true });
  // All code is in the bundle: nothing of node_modules is packed. vsce lists the contents itself. The links of the README
  // stay relative until the project has a public address ("repository" in package.json) that they can lead to.
  await createVSIX({ cwd: root, packagePath: vsix, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
  for (const name of readdirSync(join(root, "dist"))) console.log(`bundle dist/${name}: ${size(join(root, "dist", name))}`);
  console.log(`package ${vsix.slice(root.length + 1)}: ${size(vsix)}`);
  return 0;
}

function size(file: string): string {
  return `${(statSync(file).size / 1024).toFixed(1)} KiB`;
}

runMain(main);
