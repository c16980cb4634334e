// What a release is made of: the changelog's section, a clean tree, checksums.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { checksums } from "../../../harness/publish/checksums";
import { changelogSection, obstacles } from "../../../harness/publish/release";

const changelog = `# Changelog

## [Unreleased]

### Added

- Something new.

## [1.1.0] - 2026-11-30

### Fixed

- What was wrong.

## [1.0.0]

- Without a day.

## [0.9.0] - 2026-10-01

### Added
`;

describe("a release", () => {
  it("finds what the changelog says of its version, and nothing of another's", () => {
    assert.equal(changelogSection(changelog, "1.1.0"), "### Fixed\n\n- What was wrong.");
    // Without a day, without a word, not there, and 1.1.0 only by a pattern's dots.
    for (const version of ["1.0.0", "0.9.0", "2.0.0", "1.1", "1.1.0-rc.1", "1x1x0", "Unreleased"])
      assert.equal(changelogSection(changelog, version), undefined, version);
  });

  describe("from a checkout", () => {
    let root: string;
    const git = (...args: readonly string[]): unknown =>
      execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], { cwd: root, stdio: "pipe" });

    beforeEach(() => {
      root = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-release-"));
      writeFileSync(path.join(root, "CHANGELOG.md"), changelog);
      git("init", "--quiet");
      git("add", ".");
      git("commit", "--quiet", "--message", "All");
    });

    afterEach(() => rmSync(root, { recursive: true, force: true }));

    it("is hindered by nothing where all is committed and told", async () => {
      assert.deepEqual(await obstacles(root, "1.1.0"), []);
    });

    it("is refused for changes, for files that nobody added, and for a changelog that is silent", async () => {
      writeFileSync(path.join(root, "new.ts"), "");
      writeFileSync(path.join(root, "CHANGELOG.md"), `${changelog}\n`);
      const [tree = "", silent = "", ...more] = await obstacles(root, "1.2.0");
      assert.match(tree, / M CHANGELOG\.md\n +\?\? new\.ts$/);
      assert.match(silent, /no section "## \[1\.2\.0\]/);
      assert.deepEqual(more, []);
    });

    it("has checksums that sha256sum reads, of bundles by their place in the extension and of the rest by name", () => {
      mkdirSync(path.join(root, "dist"));
      mkdirSync(path.join(root, "out"));
      writeFileSync(path.join(root, "dist", "extension.js"), "abc");
      writeFileSync(path.join(root, "out", "a.vsix"), "");
      const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
      const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      assert.equal(checksums(root, [path.join(root, "out", "a.vsix")]), `${empty}  a.vsix\n${abc}  dist/extension.js\n`);
    });
  });
});
