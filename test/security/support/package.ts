// The package as `npm run package` left it in out/, and what its bundles are made of.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import JSZip from "jszip";
import * as v from "valibot";
import { out, root } from "../../harness/paths";
import { publishedName, versionOf } from "../../harness/publish/vsix";

const manifestModel = v.looseObject({
  dependencies: v.record(v.string(), v.string()),
  engines: v.object({ vscode: v.string() }),
  devDependencies: v.record(v.string(), v.string()),
});

const lockModel = v.object({
  packages: v.record(
    v.string(),
    v.looseObject({
      version: v.optional(v.string()),
      integrity: v.optional(v.string()),
      dev: v.optional(v.boolean()),
      devOptional: v.optional(v.boolean()),
      resolved: v.optional(v.string()),
      hasInstallScript: v.optional(v.boolean()),
    }),
  ),
});

/** The .vsix of the version that is checked out. */
export function packageFile(): string {
  const file = path.join(out, publishedName(versionOf(root), "vsix"));
  if (!existsSync(file)) throw new Error("The extension is not packaged: npm run package.");
  return file;
}

/** The files in a .vsix, by path. */
export async function unpacked(vsix: string): Promise<Map<string, Buffer>> {
  const zip = await JSZip.loadAsync(readFileSync(vsix));
  const files = Object.values(zip.files).filter((file) => !file.dir);
  return new Map(await Promise.all(files.map(async (file) => [file.name, await file.async("nodebuffer")] as const)));
}

/** package.json. */
export function manifest(): v.InferOutput<typeof manifestModel> {
  return v.parse(manifestModel, JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")));
}

/** The packages of package-lock.json by their place below the root, without the project itself. */
export function lockedPackages(): Map<string, v.InferOutput<typeof lockModel>["packages"][string]> {
  const { packages } = v.parse(lockModel, JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")));
  return new Map(Object.entries(packages).filter(([place]) => place !== ""));
}
