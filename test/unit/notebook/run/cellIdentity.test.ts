// Which cell a run was of.
import assert from "node:assert/strict";
import { findCell, type CellTraits } from "../../../../src/notebook/run/cellIdentity";

const cell = (source: string, id?: string): CellTraits => ({ id, source, isCode: true });

describe("the cell of a run", () => {
  it("is the one with its id, wherever that stands now and whatever is in it", () => {
    assert.equal(findCell([cell("new", "n"), cell("edited", "a")], { id: "a", index: 0, source: "x" }), 1);
    assert.equal(findCell([cell("x", "b")], { id: "a", index: 0, source: "x" }), undefined);
    assert.equal(findCell([{ ...cell("x", "a"), isCode: false }], { id: "a", index: 0, source: "x" }), undefined);
  });

  it("is of several with one id the one with its text", () => {
    const cells = [cell("print('first')", "same"), cell("loop", "same"), cell("print('third')", "same")];
    assert.equal(findCell(cells, { id: "same", index: 1, source: "loop" }), 1);
    assert.equal(findCell(cells, { id: "same", index: 0, source: "print('third')" }), 2);
    assert.equal(findCell(cells, { id: "same", index: 1, source: "changed since" }), undefined);
  });

  it("is of several with one id and one text the one in its place, else none", () => {
    const cells = [cell("x", "same"), cell("x", "same"), cell("y", "same")];
    assert.deepEqual(
      [0, 1, 2].map((index) => findCell(cells, { id: "same", index, source: "x" })),
      [0, 1, undefined],
    );
  });

  it("is without an id the one in its place, with its text, also where cells have been given ids since", () => {
    assert.equal(findCell([cell("a"), cell("b", "given")], { index: 1, source: "b" }), 1);
    assert.equal(findCell([cell("b"), cell("a")], { index: 1, source: "b" }), undefined);
    assert.equal(findCell([], { index: 1, source: "b" }), undefined);
  });
});
