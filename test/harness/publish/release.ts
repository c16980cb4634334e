// What a release is made of, and what stands in its way.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../processes/run";
import { checksums } from "./checksums";
import { writeSbom } from "./sbom";
import { publishedName } from "./vsix";

/**
 * What keeps the checkout at `root` from being released as `version`, in words; empty if nothing does.
 * @throws Error where git cannot say what has changed.
 */
export async function obstacles(root: string, version: string): Promise<string[]> {
  const changed = (await run("git", ["status", "--porcelain"], { cwd: root })).trimEnd();
  const section = changelogSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version);
  return [
    ...(changed === "" ? [] : [`The working tree is not as it was committed:\n    ${changed.split("\n").join("\n    ")}`]),
    ...(section === undefined ? [`CHANGELOG.md has no section "## [${version}] - YYYY-MM-DD" that says something.`] : []),
  ];
}

/** What a changelog, in the form of Keep a Changelog, says of `version`; undefined where that is nothing, or no day stands with it. */
export function changelogSection(changelog: string, version: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`## [${version}] - `) && /\d{4}-\d{2}-\d{2}\s*$/.test(line));
  if (start < 0) return undefined;
  const next = lines.findIndex((line, at) => at > start && line.startsWith("## "));
  const body = lines.slice(start + 1, next < 0 ? undefined : next).join("\n");
  return /^[-*] \S/m.test(body) ? body.trim() : undefined;
}

/**
 * Fills `directory`, which is emptied first, with what is published of `version`: the package `vsix`, its bill of
 * materials and checksums.txt. Resolves with the files.
 */
export async function gatherRelease(root: string, version: string, vsix: string, directory: string): Promise<string[]> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const published = join(directory, basename(vsix));
  cpSync(vsix, published);
  const bill = join(directory, publishedName(version, "cdx.json"));
  await writeSbom(root, published, bill);
  const sums = join(directory, "checksums.txt");
  writeFileSync(sums, checksums(root, [published, bill]));
  return [published, bill, sums];
}
