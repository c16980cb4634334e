// A cell's run says why it could not end by itself, once, and what is missing of its output.
import assert from "node:assert/strict";
import { ProductError } from "../../../../src/base/errors";
import { droppedNotice } from "../../../../src/notebook/run/rateLimit";
import { CellSink, error, line, message, stderr, stdout, stream } from "../doubles";
import { busy, ended, ExecutionBench, executeInput, reply, ScriptedKernel } from "./executionBench";

describe("cell execution", () => {
  let bench: ExecutionBench;
  beforeEach(() => void (bench = new ExecutionBench()));

  it("ends as not run, its outputs as they were, when the kernel aborts it", async () => {
    bench.sink.outputs = [line("old", "old")];
    const execution = await bench.running();
    bench.kernel.send(busy);
    bench.kernel.done.resolve(reply("aborted"));
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual(bench.sink.shown, [stdout("old")]);
  });

  it("fails with the kernel's error, shown once", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), error("KeyboardInterrupt", "", ["trace"]));
    bench.kernel.done.resolve(reply("error", { ename: "KeyboardInterrupt", evalue: "" }));
    assert.equal((await ended(execution)).success, false);
    assert.equal(bench.sink.outputs.length, 1);
    assert.deepEqual(bench.shownError(), { name: "KeyboardInterrupt", message: "", stack: "trace" });
  });

  it("shows the error of the reply when its output was lost", async () => {
    const execution = await bench.running();
    bench.kernel.done.resolve(reply("error", { execution_count: 3, ename: "ValueError", evalue: "no", traceback: ["a", "b"] }));
    assert.deepEqual({ ...(await ended(execution)), endTime: 0 }, { success: false, executionCount: 3, startTime: 0, endTime: 0 });
    assert.deepEqual(bench.shownError(), { name: "ValueError", message: "no", stack: "a\nb" });
  });

  it("shows an error once though its output comes after the reply", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1));
    bench.kernel.done.resolve(reply("error", { ename: "ValueError", evalue: "no", traceback: ["a"] }));
    await ended(execution);
    execution.receive(error("ValueError", "no", ["a"]));
    await bench.clock.advance(1000);
    assert.equal(bench.sink.shown.length, 1);
  });

  it("adds no error where the kernel has said in its own way why it failed", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("UsageError: no such magic\n", "stderr"));
    bench.kernel.done.resolve(reply("error", { ename: "UsageError", evalue: "no such magic" }));
    assert.equal((await ended(execution)).success, false);
    assert.deepEqual(bench.sink.shown, [stderr("UsageError: no such magic\n")]);
  });

  it("adds the reply's error where output was lost, told before or after the end", async () => {
    for (const early of [true, false]) {
      bench.kernel = new ScriptedKernel();
      bench.sink = new CellSink();
      const execution = await bench.running();
      bench.kernel.send(busy, executeInput(1), stream("a"));
      if (early) execution.notice("Lost.");
      bench.kernel.done.resolve(reply("error", { ename: "ValueError", evalue: "no" }));
      await ended(execution);
      if (!early) execution.notice("Lost.");
      await bench.clock.advance(1000);
      assert.deepEqual(bench.sink.shown.slice(0, -1), [stdout("a"), stderr("Lost.\n")]);
      assert.deepEqual(bench.shownError(), { name: "ValueError", message: "no", stack: "" });
    }
  });

  it("says why it failed, below what had arrived", async () => {
    for (const [code, name] of [
      ["kernel-dead", "Kernel ended"],
      ["kernel-restarted", "Kernel restarted"],
      ["connection-lost", "Connection lost"],
      ["server-stopped", "Server stopped"],
      ["busy", "Could not run the cell"],
    ] as const) {
      bench.kernel = new ScriptedKernel();
      bench.sink = new CellSink();
      const execution = await bench.running();
      bench.kernel.send(busy, executeInput(1), stream("a"), message("clear_output", { wait: true }));
      bench.kernel.done.reject(new ProductError(code, "What happened."));
      assert.equal((await ended(execution)).success, false);
      assert.deepEqual(bench.sink.shown[0], stdout("a"));
      assert.deepEqual(bench.shownError(), { name, message: "What happened.", stack: "" });
    }
  });

  it("says why there is no kernel", async () => {
    bench.sink.outputs = [line("old", "old")];
    const execution = bench.newExecution(() => Promise.reject(new ProductError("start-failed", "No room.")));
    void execution.run();
    assert.deepEqual(await ended(execution), { success: false, executionCount: null, startTime: 0, endTime: 0 });
    assert.deepEqual(bench.shownError(), { name: "Server did not start", message: "No room.", stack: "" });
    assert.equal(bench.sink.outputs.length, 1);
  });

  it("settles when the kernel cannot even take the request", async () => {
    const execution = bench.newExecution(async () => ({
      execute: () => {
        throw new ProductError("disposed", "Closed.");
      },
    }));
    void execution.run();
    assert.equal((await ended(execution)).success, false);
    assert.deepEqual(bench.shownError(), { name: "Disconnected", message: "Closed.", stack: "" });
  });

  it("puts notices among the outputs", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("a"));
    execution.notice("Output from 10:00 to 10:05 may be missing.");
    bench.kernel.send(stream("b"));
    bench.kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual(bench.sink.shown, [stdout("a"), stderr("Output from 10:00 to 10:05 may be missing.\n"), stdout("b")]);
  });

  it("says that output was dropped on its way to the server", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("a"));
    bench.kernel.drop();
    bench.kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual(bench.sink.shown, [stdout("a"), stderr(`${droppedNotice}\n`)]);
  });
});
