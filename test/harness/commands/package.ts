// npm run package: builds the extension and packs it as out/jupyterhub-connect-VERSION.vsix; prints contents and sizes, and
// writes out/checksums.txt.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, runMain } from "../child";
import { out, root } from "../paths";
import { checksums } from "../publish/checksums";
import { installedExtensions } from "../vscode/installed";
import { packExtension, publishedName, versionOf } from "../publish/vsix";

async function main(): Promise<number> {
  const built = await runCommand("build");
  if (built !== 0) return built;
  rmSync(installedExtensions, { recursive: true, force: true }); // of what was packaged before
  const vsix = join(out, publishedName(versionOf(root), "vsix"));
  mkdirSync(out, { recursive: true });
  await packExtension(root, vsix);
  writeFileSync(join(out, "checksums.txt"), checksums(root, [vsix]));
  for (const name of readdirSync(join(root, "dist"))) console.log(`bundle dist/${name}: ${size(join(root, "dist", name))}`);
  console.log(`package ${vsix.slice(root.length + 1)}: ${size(vsix)}`);
  return 0;
}

function size(file: string): string {
  return `${(statSync(file).size / 1024).toFixed(1)} KiB`;
}

runMain(main);
