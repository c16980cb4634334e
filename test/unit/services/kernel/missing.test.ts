// Numbers that have not come: as a set of them would have it, in ranges.
import assert from "node:assert/strict";
import fc from "fast-check";
import { MissingNumbers } from "../../../../src/services/kernel/missing";

type Step =
  | { readonly add: number; readonly skip: number }
  | { readonly delete: number }
  | { readonly below: number }
  | { readonly largest: number; readonly above: number; readonly under: number };

const number = fc.nat(60);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ add: fc.nat(8), skip: fc.nat(4) }),
  fc.record({ delete: number }),
  fc.record({ below: number }),
  fc.record({ largest: fc.nat(3), above: fc.integer({ min: -1, max: 60 }), under: number }),
);

describe("missing numbers", () => {
  it("are those of a set", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const missing = new MissingNumbers();
        const set = new Set<number>();
        let next = 0;
        for (const each of steps) {
          if ("add" in each) {
            missing.add(next + each.skip, next + each.skip + each.add);
            for (let at = next + each.skip; at < next + each.skip + each.add; at++) set.add(at);
            next += each.skip + each.add;
          } else if ("delete" in each) {
            missing.delete(each.delete);
            set.delete(each.delete);
          } else if ("below" in each) {
            const taken = [...set].filter((at) => at < each.below);
            for (const at of taken) set.delete(at);
            assert.equal(missing.takeBelow(each.below), taken.length);
          } else {
            missing.takeLargest(each.largest, each.above, each.under);
            const between = [...set].filter((at) => at > each.above && at < each.under).sort((a, b) => b - a);
            for (const at of between.slice(0, each.largest)) set.delete(at);
          }
        }
        assert.equal(missing.takeBelow(Number.MAX_SAFE_INTEGER), set.size);
      }),
      { numRuns: 2_000 },
    );
  });

  it("may be very many", () => {
    const missing = new MissingNumbers();
    for (let at = 0; at < 5_000; at++) missing.add(at * 1e11, at * 1e11 + 1e10);
    assert.equal(missing.takeBelow(1), 0);
    missing.delete(4_999e11 + 5);
    assert.equal(missing.takeBelow(5e14), 999 * 1e10 + 1e10 - 1);
    missing.clear();
    assert.equal(missing.takeBelow(5e14), 0);
  });
});
