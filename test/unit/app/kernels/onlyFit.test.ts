// Whether a notebook that was never seen can be given its kernel without asking.
import assert from "node:assert/strict";
import { onlyFit, type Offered } from "../../../../src/app/kernels/onlyFit";

const up = { isUp: true, isDefault: false };
const python: Offered = { id: "a/python3", spec: "python3", language: "python", ...up, isDefault: true };
const torch: Offered = { id: "a/torch", spec: "torch", language: "python", ...up };
const r: Offered = { id: "a/ir", spec: "ir", language: "R", ...up };
const gpu: Offered = { id: "a/gpu/python3", spec: "python3", language: "python", isUp: false, isDefault: true };
const runs: Offered = { id: "a/kernels/1", spec: "python3", language: "python", ...up, running: { path: "course/lab.ipynb" } };
const fit = (offered: readonly Offered[], wish: { file?: string; spec?: string; language?: string }): string | undefined =>
  onlyFit(offered, { file: "x.ipynb", spec: undefined, language: undefined, ...wish });

describe("the only kernel that fits", () => {
  it("is of the spec that the notebook names, whatever else speaks its language", () => {
    assert.equal(fit([python, torch, r], { spec: "torch", language: "python" }), torch.id);
    assert.equal(fit([python, torch, r, runs], { spec: "python3", language: "python" }), python.id);
  });

  it("is else of its language, where there is one of that", () => {
    assert.equal(fit([python, r], { spec: "mine", language: "python" }), python.id);
    assert.equal(fit([python, r], { language: "r" }), r.id);
    assert.equal(fit([python, torch], { spec: "mine", language: "python" }), undefined);
    assert.equal(fit([python, r], { language: "julia" }), undefined);
    assert.equal(fit([python], { spec: "mine" }), undefined);
  });

  it("is for a notebook that says neither the only one, else the server's default", () => {
    assert.equal(fit([r], {}), r.id);
    assert.equal(fit([python, torch, r, runs], {}), python.id);
    assert.equal(fit([torch, r], {}), undefined);
    assert.equal(fit([], {}), undefined);
  });

  it("is none where two servers have it, or one that runs for a notebook of this name", () => {
    assert.equal(fit([python, gpu], { spec: "python3" }), undefined);
    assert.equal(fit([python, gpu], {}), undefined);
    assert.equal(fit([python, runs], { file: "lab.ipynb", spec: "python3" }), undefined);
    assert.equal(fit([python, runs], { file: "lab.ipynb" }), undefined);
  });

  it("is none that would have to be started first", () => {
    assert.equal(fit([gpu, r], { spec: "python3" }), undefined);
    assert.equal(fit([{ ...r, isUp: false }], {}), undefined);
  });
});
