// What is remembered of the kernels that notebooks had.
import assert from "node:assert/strict";
import { LastKernels } from "../../../../src/app/kernels/lastKernels";
import { FakeClock } from "../../../fakes/clock";
import { MemoryPorts } from "../doubles";

describe("last kernels", () => {
  it("are known by notebook, and the last of all, in every window", async () => {
    const { memory } = new MemoryPorts();
    const kernels = new LastKernels(memory);
    assert.deepEqual([kernels.last, kernels.of("file:///a.ipynb")], [undefined, undefined]);
    await kernels.note("file:///a.ipynb", "python");
    await kernels.note(undefined, "r");
    const other = new LastKernels(memory);
    assert.deepEqual([other.last, other.of("file:///a.ipynb"), other.of("file:///b.ipynb")], ["r", "python", undefined]);
  });

  it("are forgotten of those that were not used for the longest", async () => {
    const { memory } = new MemoryPorts();
    const clock = new FakeClock();
    const kernels = new LastKernels(memory, clock);
    for (let number = 0; number < 301; number++) {
      await kernels.note(`file:///${number}.ipynb`, "python");
      await clock.advance(1);
    }
    assert.deepEqual(
      [kernels.of("file:///0.ipynb"), kernels.of("file:///1.ipynb"), kernels.of("file:///300.ipynb")],
      [undefined, "python", "python"],
    );
    assert.equal(memory.keys().length, 301);
  });
});
