// JSON of others: as JSON.parse has it, up to a depth.
import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonIn, parseJsonText } from "../../../src/base/json";

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("JSON of others", () => {
  it("is what JSON.parse makes of it", () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => assert.deepEqual(parseJsonText(text), JSON.parse(text))));
  });

  it("may be nested as deep as real data is, and brackets within strings do not count", () => {
    assert.ok(Array.isArray(jsonIn(nested(1_000))));
    for (const text of ["[".repeat(5_000), `\\"${"[".repeat(5_000)}`, "{[\\\\".repeat(2_000)])
      assert.equal(jsonIn(JSON.stringify(text)), text);
    assert.deepEqual(jsonIn(`[${"[],".repeat(5_000)}1]`), [...Array.from({ length: 5_000 }, () => []), 1]);
  });

  it("is refused where it is nested deeper", () => {
    for (const text of [nested(1_001), nested(200_000), `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`, `["\\\\",${nested(2_000)}]`]) {
      assert.throws(() => parseJsonText(text), SyntaxError);
      assert.equal(jsonIn(text), undefined);
    }
  });

  it("is refused where it is none", () => {
    for (const text of ["", "x", '"', `"${"x".repeat(5_000)}`, `${"[".repeat(900)}${" ".repeat(2_000)}`])
      assert.throws(() => parseJsonText(text), SyntaxError);
  });
});
