// Which files of a suite are run: all of them, or those that a command line names.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths";

/** All test files of `test/SUITE`, relative to that folder, in order. */
export function filesOf(suite: string): string[] {
  return readdirSync(join(root, "test", suite), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort();
}

/**
 * Takes `--files a.test.ts,b.test.ts` out of a command's arguments.
 * @returns those files of `test/SUITE`, or all of its files, relative to the repository's root
 * @throws Error for a file that the suite does not have
 */
export function takeFiles(args: string[], suite: string): string[] {
  const at = args.indexOf("--files");
  const known = filesOf(suite);
  const wanted = at < 0 ? known : (args.splice(at, 2)[1] ?? "").split(",");
  for (const file of wanted) if (!known.includes(file)) throw new Error(`There is no file "${file}" in test/${suite}.`);
  return wanted.map((file) => join("test", suite, file));
}
