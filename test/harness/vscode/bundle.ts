// Bundles test code for the extension host: one CommonJS file for each entry.
import { mkdirSync, mkdtempSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { out, root } from "../paths";

/**
 * Bundles `entries` (TypeScript files) into a new folder under out/ and returns it with the bundles' paths, in the
 * order of `entries`. The folder lies inside the extension, so that `vscode` and `mocha` are found from there; each
 * run has its own, so that runs do not disturb each other. Whoever asked removes it.
 */
export async function bundleForExtensionHost(entries: readonly string[]): Promise<{ directory: string; files: string[] }> {
  const parent = path.join(out, "test", "vscode");
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(path.join(parent, "run-"));
  await build({
    entryPoints: entries.map((entry) => path.join(root, entry)),
    outdir: directory,
    outbase: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
  const files = entries.map((entry) => path.join(directory, entry.replace(/\.ts$/, ".js")));
  return { directory, files };
}
