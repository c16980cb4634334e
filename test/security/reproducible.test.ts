// Whoever builds the same sources gets the same package: it can be checked that what is published comes from them.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "../harness/paths";
import { run } from "../harness/processes/run";
import { checksums } from "../harness/publish/checksums";
import { writeNotices } from "../harness/publish/notices";
import { packExtension } from "../harness/publish/vsix";
import { lockedPackages, packageFile } from "./support/package";

const sources = [
  ".vscodeignore",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "esbuild.js",
  "media",
  "package-lock.json",
  "package.json",
  "renderer",
  "src",
  "tsconfig.json",
];

describe("a build", () => {
  it("in another folder, at another time and in another time zone gives the same package, byte by byte", async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), "somewhere else, "));
    try {
      const packages = [...lockedPackages()]
        .filter(([, { dev, devOptional }]) => dev === undefined && devOptional === undefined)
        .map(([place]) => place);
      for (const name of [...sources, ...packages, "node_modules/esbuild", "node_modules/@esbuild"])
        cpSync(path.join(root, name), path.join(elsewhere, name), { recursive: true });
      utimesSync(path.join(elsewhere, "LICENSE"), 1e9, 1e9);
      await run(process.execPath, [path.join(elsewhere, "esbuild.js")], { cwd: tmpdir() });
      writeNotices(elsewhere);
      const vsix = path.join(elsewhere, path.basename(packageFile()));
      await inTimeZone("Pacific/Kiritimati", () => packExtension(elsewhere, vsix));
      assert.equal(checksums(elsewhere, [vsix]), checksums(root, [packageFile()]));
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});

async function inTimeZone(zone: string, task: () => Promise<void>): Promise<void> {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    await task();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}
