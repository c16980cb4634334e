// Positions in code, in UTF-16 units and in Unicode code points.
import assert from "node:assert/strict";
import fc from "fast-check";
import { toCodePoints, toUnits } from "../../../../src/notebook/text/codePoints";
import { anyText } from "../../support/arbitraries";

describe("positions in code", () => {
  it("count a letter beyond U+FFFF once on the wire, and twice in VS Code", () => {
    const code = "a🪐b";
    assert.deepEqual(
      [0, 1, 3, 4].map((offset) => toCodePoints(code, offset)),
      [0, 1, 2, 3],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((points) => toUnits(code, points)),
      [0, 1, 3, 4],
    );
  });

  it("within a pair are those of its start, and past the end that of the end", () => {
    assert.equal(toCodePoints("🪐", 1), 0);
    assert.equal(toCodePoints("ab", 7), 2);
    assert.equal(toUnits("ab", 7), 2);
    assert.equal(toUnits("ab", -1), 0);
  });

  it("come back as they were, in whatever text", () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (code, some) => {
        const letters = Array.from(code);
        const points = some % (letters.length + 1);
        assert.equal(toCodePoints(code, toUnits(code, points)), points);
        assert.equal(toUnits(code, points), letters.slice(0, points).join("").length);
      }),
    );
  });
});
