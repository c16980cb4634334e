// A cell's run reports what the kernel does, always settles, and ends where it is cancelled.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { ProductError } from "../../../../src/base/errors";
import { CellExecution } from "../../../../src/notebook/run/execution";
import { textOf } from "../../../../src/notebook/outputs/outputItem";
import type { ExecutingKernel } from "../../../../src/notebook/run/run";
import { display, line, message, settled, stdout, stream } from "../doubles";
import { busy, ended, ExecutionBench, executeInput, reply, ScriptedKernel } from "./executionBench";

describe("cell execution", () => {
  let bench: ExecutionBench;
  beforeEach(() => void (bench = new ExecutionBench()));

  it("tells of its success as soon as the kernel has answered, and goes on until all is here", async () => {
    for (const status of ["ok", "error", "aborted"] as const) {
      const execution = bench.newExecution();
      void execution.run(false, () => bench.events.push("succeeded"));
      await settled();
      bench.kernel.send(busy, executeInput(7));
      bench.kernel.answer(reply(status, { execution_count: 7 }));
      bench.kernel.send(stream("late"));
    }
    await bench.clock.advance(1);
    assert.deepEqual(
      bench.events.filter((event) => event === "succeeded"),
      ["succeeded"],
    );
    assert.ok(bench.sink.outputs.some(({ items }) => items.some((item) => textOf(item).includes("late"))));
  });

  it("runs, shows the outputs and reports count and times", async () => {
    await bench.clock.advance(1000);
    const execution = await bench.running();
    assert.deepEqual(bench.kernel.requests, [{ code: "1 + 1", cellId: "abc", stopOnError: true }]);
    assert.deepEqual(bench.events, []);
    await bench.clock.advance(50);
    bench.kernel.send(busy, executeInput(7));
    assert.deepEqual(bench.events, ["start 1050", "count 7"]);
    bench.kernel.send(stream("a"), stream("b"));
    await bench.clock.advance(20);
    bench.kernel.done.resolve(reply("ok", { execution_count: 7 }));
    assert.deepEqual(await ended(execution), { success: true, executionCount: 7, startTime: 1050, endTime: 1070 });
    assert.deepEqual(bench.sink.shown, [stdout("ab")]);
    assert.deepEqual(bench.events, ["start 1050", "count 7"]);
  });

  it("that may fail tells the kernel so, and is told from one that ended in another way", async () => {
    for (const [status, mayFail] of [
      ["error", true],
      ["aborted", undefined],
      ["ok", undefined],
    ] as const) {
      bench.kernel = new ScriptedKernel();
      const execution = new CellExecution(
        { cell: "nb#1", code: "1 / 0", mayFail: true },
        () => Promise.resolve(bench.kernel),
        bench.host(),
      );
      void execution.run();
      await settled();
      assert.equal(bench.kernel.requests[0]?.stopOnError, false);
      bench.kernel.done.resolve(reply(status));
      assert.equal((await ended(execution)).mayFail, mayFail, status);
    }
  });

  it("shows what comes after the end, until it is to forget the run", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("in time\n"));
    bench.kernel.done.resolve(reply("ok"));
    await ended(execution);
    await bench.clock.advance(1000);
    bench.kernel.send(stream("late\n"), display({ "text/plain": "late too" }));
    await bench.clock.advance(1000);
    assert.deepEqual(bench.sink.shown, [stdout("in time\nlate\n"), { type: "display_data", items: { "text/plain": "late too" } }]);
    assert.equal(bench.kernel.disposed, 0);
    execution.forget();
    assert.equal(bench.kernel.disposed, 1);
  });

  it("shows a text to page as an output, and tells of a next input", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("before\n"));
    const page = { source: "page", data: { "text/plain": "help" }, start: 0 };
    const next = { source: "set_next_input", text: "x = 1", replace: true };
    bench.kernel.done.resolve(reply("ok", { payload: [next, page, { ...page, data: {} }] }));
    await ended(execution);
    assert.deepEqual(bench.sink.shown, [stdout("before\n"), { type: "display_data", items: { "text/plain": "help" } }]);
    assert.deepEqual(bench.events, ["start 0", "count 1", "next x = 1 true"]);
  });

  it("leaves alone what it does not know among payloads", async () => {
    const execution = await bench.running();
    bench.kernel.done.resolve(
      reply("ok", { payload: [{ source: "page", data: "no bundle" }, { source: "set_next_input" }, { source: "edit_magic" }] }),
    );
    assert.equal((await ended(execution)).success, true);
    assert.deepEqual([bench.sink.shown, bench.events], [[], ["start 0"]]);
  });

  it("removes the previous run's outputs and display ids when it begins to have effect", async () => {
    bench.sink.outputs = [line("old", "old")];
    bench.displayIds.add("d", { cell: "nb#1", replace: () => undefined }, line("old", "old"));
    const execution = await bench.running();
    bench.kernel.send(busy);
    await settled();
    assert.deepEqual([bench.sink.shown, bench.displayIds.size], [[stdout("old")], 1]);
    bench.kernel.send(executeInput(1));
    bench.kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual([bench.sink.shown, bench.displayIds.size], [[], 0]);
  });

  it("leaves out faulty messages and goes on", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, message("stream", {}), message("status", {}), stream("a"));
    bench.kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
    assert.deepEqual([bench.sink.shown, bench.logged.length], [[stdout("a")], 2]);
  });

  it("starts with the first output when the messages before it were lost", async () => {
    await bench.running();
    bench.kernel.send(stream("a"));
    assert.deepEqual(bench.events, ["start 0"]);
  });

  it("passes questions on, and answers back", async () => {
    await bench.running();
    let answer = "";
    bench.kernel.ask("Name: ", (value) => (answer = value));
    assert.deepEqual([bench.events, answer], [["input Name: "], "42"]);
  });

  it("settles though its outputs cannot be written", async () => {
    const execution = await bench.running();
    bench.sink.during = () => Promise.reject(new Error("closed"));
    bench.kernel.send(busy, executeInput(1), stream("a"));
    bench.kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
  });

  it("settles though a write of its outputs never ends", async () => {
    const execution = await bench.running();
    bench.sink.during = () => new Promise(() => undefined);
    bench.kernel.send(busy, executeInput(1), stream("a"));
    bench.kernel.done.resolve(reply("ok"));
    await bench.clock.advance(10_000);
    assert.deepEqual({ ...(await ended(execution)) }, { success: true, executionCount: 1, startTime: 0, endTime: 0 });
  });

  it("settles though those who are told of it fail", async () => {
    const execution = new CellExecution({ cell: "a", code: "" }, () => Promise.resolve(bench.kernel), {
      ...bench.host(),
      onStart: () => assert.fail("cell deleted"),
      onExecutionCount: () => assert.fail("cell deleted"),
    });
    void execution.run();
    await settled();
    bench.kernel.send(busy, executeInput(1), stream("a"));
    bench.kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
  });

  it("does not run once cancelled", async () => {
    const execution = bench.newExecution();
    execution.cancel();
    assert.deepEqual(await execution.run(), { success: undefined, executionCount: null, startTime: null, endTime: 0 });
    assert.deepEqual([bench.kernel.requests, bench.sink.writes, bench.events], [[], [], []]);
  });

  it("does not send its request when cancelled while the kernel starts", async () => {
    const connected = new Deferred<ExecutingKernel>();
    const execution = bench.newExecution(() => connected.promise);
    void execution.run();
    execution.cancel();
    connected.resolve(bench.kernel);
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual(bench.kernel.requests, []);
  });

  it("keeps what it has when cancelled while it runs", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), stream("a"), stream("b"));
    execution.cancel();
    bench.kernel.done.reject(new ProductError("disposed", "Closed."));
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual([bench.sink.shown, bench.kernel.disposed], [[stdout("ab")], 1]);
  });

  it("follows display updates and late output after its end", async () => {
    const execution = await bench.running();
    bench.kernel.send(busy, executeInput(1), display({ "text/plain": "1" }, "d"));
    bench.kernel.done.resolve(reply("ok"));
    await ended(execution);
    bench.displayIds.apply(display({ "text/plain": "2" }, "d", "update_display_data"));
    execution.receive(stream("late"));
    await bench.clock.advance(100);
    assert.deepEqual(bench.sink.shown, [{ type: "display_data", items: { "text/plain": "2" } }, stdout("late")]);
  });
});
