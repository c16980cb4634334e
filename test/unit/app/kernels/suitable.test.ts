// Which kernels suit a notebook.
import assert from "node:assert/strict";
import { suitable, type Candidate, type Wish } from "../../../../src/app/kernels/suitable";

const python: Candidate = { id: "a/python3", spec: "python3", language: "python" };
const elsewhere: Candidate = { id: "b/python3", spec: "python3", language: "python" };
const r: Candidate = { id: "a/ir", spec: "ir", language: "R" };
const runs: Candidate = { id: "a/kernels/1", spec: "python3", language: "python", running: { path: "course/lab.ipynb" } };
const loose: Candidate = { id: "a/kernels/2", spec: "python3", language: "python", running: { path: undefined } };
const all = [python, elsewhere, r, runs, loose];
const ids = (wish: Partial<Wish>, candidates: readonly Candidate[] = all): string[] => [
  ...suitable(candidates, { file: "x.ipynb", spec: undefined, language: undefined, last: undefined, lastOfAll: undefined, ...wish }),
];

describe("suitable kernels", () => {
  it("are the one that the notebook had, as long as there is such a one", () => {
    assert.deepEqual(ids({ last: r.id, spec: "python3" }), [r.id]);
    assert.deepEqual(ids({ last: runs.id, spec: "ir" }), [runs.id]);
    assert.deepEqual(ids({ last: "gone", spec: "ir" }), [r.id]);
  });

  it("are those of the spec that it names, on every server, or where the last choice was", () => {
    assert.deepEqual(ids({ spec: "python3" }), [python.id, elsewhere.id]);
    assert.deepEqual(ids({ spec: "python3", lastOfAll: elsewhere.id }), [elsewhere.id]);
    assert.deepEqual(ids({ spec: "python3", lastOfAll: r.id }), [python.id, elsewhere.id]);
  });

  it("are also one that runs for a notebook of its name", () => {
    assert.deepEqual(ids({ file: "lab.ipynb", spec: "python3" }), [python.id, elsewhere.id, runs.id]);
    assert.deepEqual(ids({ file: "lab.ipynb", spec: "python3", lastOfAll: python.id }), [python.id, elsewhere.id, runs.id]);
  });

  it("are else the one that was chosen last, for its language only", () => {
    assert.deepEqual(ids({ language: "python", lastOfAll: python.id }), [python.id]);
    assert.deepEqual(ids({ language: "r", lastOfAll: r.id, spec: "unknown" }), [r.id]);
    assert.deepEqual(ids({ language: "python", lastOfAll: r.id }), []);
    assert.deepEqual(ids({ language: "python", lastOfAll: runs.id }), []);
    assert.deepEqual(ids({ language: "python" }), []);
    assert.deepEqual(ids({ lastOfAll: python.id }), []);
  });
});
