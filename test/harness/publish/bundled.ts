// Which packages are in the bundles: read from the metafile that the build leaves (esbuild.js).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

const metafileModel = v.object({
  inputs: v.record(v.string(), v.looseObject({ imports: v.array(v.looseObject({ path: v.string() })) })),
  outputs: v.record(v.string(), v.looseObject({ inputs: v.record(v.string(), v.unknown()) })),
});

/** What esbuild tells of the bundles; paths begin in the repository's root, with `/` on every system. */
export type Metafile = v.InferOutput<typeof metafileModel>;

/** A package of which something is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As package.json states it: an SPDX expression, or undefined. */
  readonly licence: string | undefined;
  /** Below the root, such as "node_modules/a/node_modules/b". */
  readonly directory: string;
}

const manifestModel = v.object({ name: v.string(), version: v.string(), license: v.optional(v.unknown()) });

/** A name that a plugin of esbuild.js gave to a module of its own, such as "late:ws". */
const ownModule = /^[a-z][a-z-]+:/;

/**
 * The metafile of the last `npm run build` below `root`, without the modules that esbuild.js itself made up.
 * @throws Error if nothing has been built.
 */
export function readMetafile(root: string): Metafile {
  const metafile = v.parse(metafileModel, JSON.parse(readFileSync(join(root, "out", "metafile.json"), "utf8")));
  return {
    inputs: mapped(files(metafile.inputs), (input) => ({ ...input, imports: input.imports.filter(({ path }) => !ownModule.test(path)) })),
    outputs: mapped(metafile.outputs, (output) => ({ ...output, inputs: files(output.inputs) })),
  };
}

/**
 * The packages of which something is in a bundle, by directory in the order of their names; one that is there in two
 * places comes twice.
 * @throws Error if a bundled file is neither the project's nor a package's.
 */
export function bundledPackages(root: string, metafile: Pick<Metafile, "inputs">): BundledPackage[] {
  const directories = new Set(
    Object.keys(metafile.inputs)
      .filter((path) => !path.startsWith("src/"))
      .map(directoryOf),
  );
  return [...directories]
    .map((directory) => packageIn(root, directory))
    .sort((a, b) => inOrder(`${a.name}@${a.version}`, `${b.name}@${b.version}`) || inOrder(a.directory, b.directory));
}

/** Each name and version once. */
export function distinct<T extends { readonly name: string; readonly version: string }>(packages: readonly T[]): T[] {
  return [...new Map(packages.map((each) => [`${each.name}@${each.version}`, each])).values()];
}

/** Compares as no language does: the same on every computer. */
export function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function files<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([path]) => !ownModule.test(path)));
}

function mapped<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function directoryOf(path: string): string {
  const segments = path.split("/");
  const at = segments.lastIndexOf("node_modules");
  const end = at + (segments[at + 1]?.startsWith("@") === true ? 3 : 2);
  // A path that leads out of the root, or to a file of no package: nobody could say what its licence is.
  if (segments[0] !== "node_modules" || segments.length <= end)
    throw new Error(`${path} is bundled, and belongs to no package of node_modules.`);
  return segments.slice(0, end).join("/");
}

function packageIn(root: string, directory: string): BundledPackage {
  const { name, version, license } = v.parse(manifestModel, JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8")));
  return { name, version, licence: typeof license === "string" ? license : undefined, directory };
}
