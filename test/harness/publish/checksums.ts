// Checksums of what is published, as `sha256sum -c` reads them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { inOrder } from "./bundled";

/**
 * One line a file, in the order of names: those in dist/ as the installed extension has them ("dist/extension.js"), and
 * `published` by their bare names, since a person who downloads them has them beside each other.
 */
export function checksums(root: string, published: readonly string[]): string {
  const files = [
    ...bundles(root).map((name) => [name, join(root, name)] as const),
    ...published.map((file) => [basename(file), file] as const),
  ];
  return files
    .sort(([a], [b]) => inOrder(a, b))
    .map(([name, file]) => `${sha256(file)}  ${name}\n`)
    .join("");
}

/** Of a file, in hexadecimal digits. */
export function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function bundles(root: string): string[] {
  return readdirSync(join(root, "dist")).map((name) => `dist/${name}`);
}
