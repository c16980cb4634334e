// Paths of the contents API in URLs.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../../src/base/errors";
import { contentsPath, encodePath, normalizedPath } from "../../../../src/services/contents/path";

describe("contents path", () => {
  it("encodes each segment by itself", () => {
    assert.equal(contentsPath("data/50 % #1?.csv"), "api/contents/data/50%20%25%20%231%3F.csv");
    assert.equal(contentsPath("zoë/日本.ipynb"), "api/contents/zo%C3%AB/%E6%97%A5%E6%9C%AC.ipynb");
  });

  it("takes the root and superfluous slashes", () => {
    for (const root of ["", "/", "//"]) assert.equal(contentsPath(root), "api/contents");
    assert.equal(contentsPath("/a//b/"), "api/contents/a/b");
    assert.equal(normalizedPath("/a//b/"), "a/b");
  });

  it("keeps names apart from the server's own routes", () => {
    assert.equal(contentsPath("a/checkpoints"), "api/contents/a/%63heckpoints");
    assert.equal(contentsPath("trust/checkpoints/x"), "api/contents/%74rust/%63heckpoints/x");
    assert.equal(contentsPath("mistrust"), "api/contents/mistrust");
  });

  it("refuses what a URL would resolve or cannot hold", () => {
    for (const path of ["..", "a/../b", "./a", "half \ud83d"]) {
      assert.throws(
        () => contentsPath(path),
        (error) => hasCode(error, "address"),
        path,
      );
    }
  });

  it("gives any path back unchanged after the way through a URL", () => {
    const segment = fc.string({ unit: "grapheme", minLength: 1 }).filter((s) => !s.includes("/") && !/^\.{1,2}$/.test(s));
    const path = fc.oneof(segment, fc.constantFrom("checkpoints", "trust", "%63heckpoints", "%", "a b"));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 5 }), (parts) => {
        const url = new URL(encodePath(parts.join("/")), "http://hub.example.org/root/");
        assert.equal(url.search + url.hash, "");
        assert.deepEqual(url.pathname.slice("/root/".length).split("/").map(decodeURIComponent), parts);
      }),
      { numRuns: 10_000 },
    );
  }).timeout(30_000);
});
