// What is remembered of notebooks that were open.
import assert from "node:assert/strict";
import { SeenNotebooks } from "../../../../src/app/kernels/seenNotebooks";
import { FakeClock } from "../../../fakes/clock";
import { MemoryPorts } from "../doubles";

describe("seen notebooks", () => {
  it("are known in every window, by a mark that tells nobody where they are", async () => {
    const { memory } = new MemoryPorts();
    const seen = new SeenNotebooks(memory);
    assert.equal(seen.has("file:///secret/a.ipynb"), false);
    await seen.note("file:///secret/a.ipynb");
    const other = new SeenNotebooks(memory);
    assert.deepEqual([other.has("file:///secret/a.ipynb"), other.has("file:///b.ipynb")], [true, false]);
    assert.ok(!memory.keys().join().includes("secret"));
  });

  it("are forgotten when a thousand have come after them", async () => {
    const { memory } = new MemoryPorts();
    const clock = new FakeClock();
    const seen = new SeenNotebooks(memory, clock);
    for (let number = 0; number < 1_001; number++) {
      await seen.note(`file:///${number}.ipynb`);
      await clock.advance(1);
    }
    assert.deepEqual([seen.has("file:///0.ipynb"), seen.has("file:///1.ipynb"), seen.has("file:///1000.ipynb")], [false, true, true]);
    assert.equal(memory.keys().length, 1_000);
  });
});
