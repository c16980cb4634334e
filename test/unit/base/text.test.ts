// Pieces of texts, as the expressions that they stand for have them.
import assert from "node:assert/strict";
import fc from "fast-check";
import { before, trimmed, trimmedEnd } from "../../../src/base/text";

const text = fc.string({ unit: fc.constantFrom("/", "-", "a", "?", "#", " ") });

describe("pieces of text", () => {
  it("are those of the expressions", () => {
    fc.assert(
      fc.property(text, (whole) => {
        assert.equal(trimmedEnd(whole, "/-"), whole.replace(/[/-]+$/, ""));
        assert.equal(trimmed(whole, "/-"), whole.replace(/^[/-]+|[/-]+$/g, ""));
        assert.equal(before(whole, "?#"), whole.replace(/[?#].*$/s, ""));
      }),
    );
  });
});
