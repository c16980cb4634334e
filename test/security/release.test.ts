// npm run release, without its tests: the package, its bill of materials and checksums.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { harness, out, root } from "../harness/paths";
import { run, RunError } from "../harness/processes/run";
import { bundledPackages, readMetafile } from "../harness/publish/bundled";
import { checksums, sha256 } from "../harness/publish/checksums";
import { billModel, sbomProblem, writeSbom } from "../harness/publish/sbom";
import { publishedName, versionOf } from "../harness/publish/vsix";
import { lockedPackages, packageFile } from "./support/package";

const directory = path.join(out, "release-check");

/** `npm run release` with `args`; resolves with what it printed. */
function release(...args: readonly string[]): Promise<string> {
  return run(process.execPath, ["--import", "tsx", path.join(harness, "commands", "release.ts"), ...args], { cwd: root });
}

describe("npm run release", () => {
  const version = versionOf(root);
  const vsix = path.join(directory, publishedName(version, "vsix"));
  const bill = path.join(directory, publishedName(version, "cdx.json"));
  let printed: string;

  before(async () => {
    printed = await release("--check");
  });

  it("gathers the package, its bill of materials and the sums of both and of all bundles", () => {
    assert.deepEqual(readdirSync(directory).sort(), ["checksums.txt", path.basename(bill), path.basename(vsix)].sort());
    assert.equal(sha256(vsix), sha256(packageFile()));
    assert.equal(readFileSync(path.join(directory, "checksums.txt"), "utf8"), checksums(root, [vsix, bill]));
  });

  it("says of a check that it is none, and not how to publish it", () => {
    assert.match(printed, /This was a check: nothing was tested, and nothing of it may be published\./);
    assert.doesNotMatch(printed, /vsce publish/);
  });

  it("knows no way around the tests", async () => {
    await assert.rejects(
      release("--skip-tests"),
      (error) => error instanceof RunError && error.exitCode === 2 && error.message.includes("Usage: npm run release [-- --check]"),
    );
  });

  it("lists in the bill what is bundled, with versions, licences and hashes, and whose bill it is", () => {
    const { metadata, components } = v.parse(billModel, JSON.parse(readFileSync(bill, "utf8")));
    const locked = lockedPackages();
    const hash = (place: string): string =>
      Buffer.from(locked.get(place)?.integrity?.replace(/^sha512-/, "") ?? "", "base64").toString("hex");
    const wanted = bundledPackages(root, readMetafile(root)).map(({ name, version: which, licence, directory: place }) => [
      name,
      which,
      licence,
      hash(place),
    ]);
    assert.deepEqual(
      components.map((each) => [each.name, each.version, each.licenses?.[0]?.license.id, each.hashes?.[0]?.content]),
      wanted,
    );
    assert.deepEqual(
      [metadata.component.name, metadata.component.version, metadata.component.hashes],
      ["jupyterhub-connect", version, [{ alg: "SHA-256", content: sha256(vsix) }]],
    );
  });

  it("writes the bill as CycloneDX's schema wants it, the same for the same build", async () => {
    const text = readFileSync(bill, "utf8");
    assert.equal(await sbomProblem(text), undefined);
    assert.notEqual(await sbomProblem(text.replace('"SHA-512"', '"SHA-513"')), undefined);
    await writeSbom(root, vsix, bill);
    assert.equal(readFileSync(bill, "utf8"), text);
  });
});
