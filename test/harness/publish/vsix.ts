// The .vsix: what .vscodeignore lets through, packed so that the same files give the same package, byte by byte.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";
import * as v from "valibot";

/** Packs what has been built below `root` as `file`; vsce lists the contents on stdout. */
export async function packExtension(root: string, file: string): Promise<void> {
  const before = process.env["SOURCE_DATE_EPOCH"];
  // When each file was changed, as the package says. ZIP holds local times: a local midnight is the same everywhere.
  process.env["SOURCE_DATE_EPOCH"] = String(new Date(2000, 0, 1).getTime() / 1000);
  try {
    // All code is in the bundles: nothing of node_modules is packed. vsce makes the README's links lead to the repository.
    await createVSIX({ cwd: root, packagePath: file, dependencies: false });
  } finally {
    if (before === undefined) delete process.env["SOURCE_DATE_EPOCH"];
    else process.env["SOURCE_DATE_EPOCH"] = before;
  }
}

/** The version in package.json. */
export function versionOf(root: string): string {
  return v.parse(v.object({ version: v.string() }), JSON.parse(readFileSync(join(root, "package.json"), "utf8"))).version;
}

/** What the package of `version` is called, and with other endings what goes along with it. */
export function publishedName(version: string, ending: "vsix" | "cdx.json"): string {
  return `jupyterhub-connect-${version}.${ending}`;
}
