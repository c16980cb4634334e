// A cell's run reports what the kernel does, always settles, and says why when it could not end by itself.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { ProductError } from "../../../../src/base/errors";
import { nullLogger } from "../../../../src/base/log";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import { CellExecution } from "../../../../src/notebook/run/execution";
import { textOf } from "../../../../src/notebook/outputs/outputItem";
import { droppedNotice } from "../../../../src/notebook/run/rateLimit";
import type { CellOutcome, ExecuteOptions, ExecuteCallbacks, ExecutingKernel } from "../../../../src/notebook/run/run";
import type { ExecuteReply, Message } from "../../../../src/services/kernel/messages";
import { CellSink, display, error, HandClock, line, message, settled, stderr, stdout, stream } from "../doubles";

const busy = message("status", { execution_state: "busy" });
const executeInput = (count: number): Message => message("execute_input", { code: "", execution_count: count });
const reply = (status: ExecuteReply["status"], more: Partial<ExecuteReply> = {}): ExecuteReply => ({
  status,
  execution_count: null,
  payload: [],
  ...more,
});

/** A kernel that does what the test says. */
class ScriptedKernel implements ExecutingKernel {
  readonly requests: ({ code: string } & ExecuteOptions)[] = [];
  done = new Deferred<ExecuteReply>();
  disposed = 0;
  #callbacks: ExecuteCallbacks | undefined;

  execute(code: string, callbacks: ExecuteCallbacks, options: ExecuteOptions): { done: Promise<ExecuteReply>; dispose(): void } {
    this.requests.push({ code, ...options });
    this.#callbacks = callbacks;
    return { done: this.done.promise, dispose: () => (this.disposed += 1) };
  }

  send(...messages: Message[]): void {
    for (const one of messages) this.#callbacks?.onMessage(one);
  }

  ask(prompt: string, answer: (value: string) => void): void {
    this.#callbacks?.onInput({ prompt, password: false }, answer);
  }

  answer(answer: ExecuteReply): void {
    this.#callbacks?.onReply(answer);
  }

  drop(): void {
    this.#callbacks?.onDropped();
  }
}

describe("cell execution", () => {
  let clock: HandClock;
  let kernel: ScriptedKernel;
  let sink: CellSink;
  let displayIds: DisplayIds;
  let events: string[];
  let logged: string[];

  beforeEach(() => {
    clock = new HandClock();
    kernel = new ScriptedKernel();
    sink = new CellSink();
    displayIds = new DisplayIds();
    events = [];
    logged = [];
  });

  const host = (): ConstructorParameters<typeof CellExecution>[2] => ({
    sink,
    displayIds,
    clock,
    log: { ...nullLogger, warn: (text) => void logged.push(text), error: (text) => void logged.push(text) },
    onStart: (time) => void events.push(`start ${time}`),
    onExecutionCount: (count) => void events.push(`count ${count}`),
    onInput: (request, answer) => {
      events.push(`input ${request.prompt}`);
      answer("42");
    },
    onNextInput: ({ text, replace }) => void events.push(`next ${text} ${replace}`),
  });
  const newExecution = (connect = (): Promise<ExecutingKernel> => Promise.resolve(kernel)): CellExecution =>
    new CellExecution({ cell: "nb#1", cellId: "abc", code: "1 + 1" }, connect, host());
  /** A run whose request has been sent. */
  const running = async (): Promise<CellExecution> => {
    const execution = newExecution();
    void execution.run();
    await settled();
    return execution;
  };
  /** The outcome, without turning the clock. */
  const ended = async (execution: CellExecution): Promise<CellOutcome> => {
    let outcome: CellOutcome | undefined;
    void execution.outcome.then((value) => (outcome = value));
    await settled();
    assert.ok(outcome, "the run has not settled");
    return outcome;
  };
  const shownError = (): unknown => {
    const item = sink.outputs.at(-1)?.items[0];
    assert.equal(item?.mime, "application/vnd.code.notebook.error");
    return JSON.parse(textOf(item));
  };

  it("tells of its success as soon as the kernel has answered, and goes on until all is here", async () => {
    for (const status of ["ok", "error", "aborted"] as const) {
      const execution = newExecution();
      void execution.run(false, () => events.push("succeeded"));
      await settled();
      kernel.send(busy, executeInput(7));
      kernel.answer(reply(status, { execution_count: 7 }));
      kernel.send(stream("late"));
    }
    await clock.advance(1);
    assert.deepEqual(
      events.filter((event) => event === "succeeded"),
      ["succeeded"],
    );
    assert.ok(sink.outputs.some(({ items }) => items.some((item) => textOf(item).includes("late"))));
  });

  it("runs, shows the outputs and reports count and times", async () => {
    await clock.advance(1000);
    const execution = await running();
    assert.deepEqual(kernel.requests, [{ code: "1 + 1", cellId: "abc", stopOnError: true }]);
    assert.deepEqual(events, []);
    await clock.advance(50);
    kernel.send(busy, executeInput(7));
    assert.deepEqual(events, ["start 1050", "count 7"]);
    kernel.send(stream("a"), stream("b"));
    await clock.advance(20);
    kernel.done.resolve(reply("ok", { execution_count: 7 }));
    assert.deepEqual(await ended(execution), { success: true, executionCount: 7, startTime: 1050, endTime: 1070 });
    assert.deepEqual(sink.shown, [stdout("ab")]);
    assert.deepEqual(events, ["start 1050", "count 7"]);
  });

  it("that may fail tells the kernel so, and is told from one that ended in another way", async () => {
    for (const [status, mayFail] of [
      ["error", true],
      ["aborted", undefined],
      ["ok", undefined],
    ] as const) {
      kernel = new ScriptedKernel();
      const execution = new CellExecution({ cell: "nb#1", code: "1 / 0", mayFail: true }, () => Promise.resolve(kernel), host());
      void execution.run();
      await settled();
      assert.equal(kernel.requests[0]?.stopOnError, false);
      kernel.done.resolve(reply(status));
      assert.equal((await ended(execution)).mayFail, mayFail, status);
    }
  });

  it("shows what comes after the end, until it is to forget the run", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("in time\n"));
    kernel.done.resolve(reply("ok"));
    await ended(execution);
    await clock.advance(1000);
    kernel.send(stream("late\n"), display({ "text/plain": "late too" }));
    await clock.advance(1000);
    assert.deepEqual(sink.shown, [stdout("in time\nlate\n"), { type: "display_data", items: { "text/plain": "late too" } }]);
    assert.equal(kernel.disposed, 0);
    execution.forget();
    assert.equal(kernel.disposed, 1);
  });

  it("shows a text to page as an output, and tells of a next input", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("before\n"));
    const page = { source: "page", data: { "text/plain": "help" }, start: 0 };
    const next = { source: "set_next_input", text: "x = 1", replace: true };
    kernel.done.resolve(reply("ok", { payload: [next, page, { ...page, data: {} }] }));
    await ended(execution);
    assert.deepEqual(sink.shown, [stdout("before\n"), { type: "display_data", items: { "text/plain": "help" } }]);
    assert.deepEqual(events, ["start 0", "count 1", "next x = 1 true"]);
  });

  it("leaves alone what it does not know among payloads", async () => {
    const execution = await running();
    kernel.done.resolve(
      reply("ok", { payload: [{ source: "page", data: "no bundle" }, { source: "set_next_input" }, { source: "edit_magic" }] }),
    );
    assert.equal((await ended(execution)).success, true);
    assert.deepEqual([sink.shown, events], [[], ["start 0"]]);
  });

  it("removes the previous run's outputs and display ids when it begins to have effect", async () => {
    sink.outputs = [line("old", "old")];
    displayIds.add("d", { cell: "nb#1", replace: () => undefined }, line("old", "old"));
    const execution = await running();
    kernel.send(busy);
    await settled();
    assert.deepEqual([sink.shown, displayIds.size], [[stdout("old")], 1]);
    kernel.send(executeInput(1));
    kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual([sink.shown, displayIds.size], [[], 0]);
  });

  it("ends as not run, its outputs as they were, when the kernel aborts it", async () => {
    sink.outputs = [line("old", "old")];
    const execution = await running();
    kernel.send(busy);
    kernel.done.resolve(reply("aborted"));
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual(sink.shown, [stdout("old")]);
  });

  it("fails with the kernel's error, shown once", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), error("KeyboardInterrupt", "", ["trace"]));
    kernel.done.resolve(reply("error", { ename: "KeyboardInterrupt", evalue: "" }));
    assert.equal((await ended(execution)).success, false);
    assert.equal(sink.outputs.length, 1);
    assert.deepEqual(shownError(), { name: "KeyboardInterrupt", message: "", stack: "trace" });
  });

  it("shows the error of the reply when its output was lost", async () => {
    const execution = await running();
    kernel.done.resolve(reply("error", { execution_count: 3, ename: "ValueError", evalue: "no", traceback: ["a", "b"] }));
    assert.deepEqual({ ...(await ended(execution)), endTime: 0 }, { success: false, executionCount: 3, startTime: 0, endTime: 0 });
    assert.deepEqual(shownError(), { name: "ValueError", message: "no", stack: "a\nb" });
  });

  it("shows an error once though its output comes after the reply", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1));
    kernel.done.resolve(reply("error", { ename: "ValueError", evalue: "no", traceback: ["a"] }));
    await ended(execution);
    execution.receive(error("ValueError", "no", ["a"]));
    await clock.advance(1000);
    assert.equal(sink.shown.length, 1);
  });

  it("adds no error where the kernel has said in its own way why it failed", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("UsageError: no such magic\n", "stderr"));
    kernel.done.resolve(reply("error", { ename: "UsageError", evalue: "no such magic" }));
    assert.equal((await ended(execution)).success, false);
    assert.deepEqual(sink.shown, [stderr("UsageError: no such magic\n")]);
  });

  it("adds the reply's error where output was lost, told before or after the end", async () => {
    for (const early of [true, false]) {
      kernel = new ScriptedKernel();
      sink = new CellSink();
      const execution = await running();
      kernel.send(busy, executeInput(1), stream("a"));
      if (early) execution.notice("Lost.");
      kernel.done.resolve(reply("error", { ename: "ValueError", evalue: "no" }));
      await ended(execution);
      if (!early) execution.notice("Lost.");
      await clock.advance(1000);
      assert.deepEqual(sink.shown.slice(0, -1), [stdout("a"), stderr("Lost.\n")]);
      assert.deepEqual(shownError(), { name: "ValueError", message: "no", stack: "" });
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
      kernel = new ScriptedKernel();
      sink = new CellSink();
      const execution = await running();
      kernel.send(busy, executeInput(1), stream("a"), message("clear_output", { wait: true }));
      kernel.done.reject(new ProductError(code, "What happened."));
      assert.equal((await ended(execution)).success, false);
      assert.deepEqual(sink.shown[0], stdout("a"));
      assert.deepEqual(shownError(), { name, message: "What happened.", stack: "" });
    }
  });

  it("says why there is no kernel", async () => {
    sink.outputs = [line("old", "old")];
    const execution = newExecution(() => Promise.reject(new ProductError("start-failed", "No room.")));
    void execution.run();
    assert.deepEqual(await ended(execution), { success: false, executionCount: null, startTime: 0, endTime: 0 });
    assert.deepEqual(shownError(), { name: "Server did not start", message: "No room.", stack: "" });
    assert.equal(sink.outputs.length, 1);
  });

  it("settles when the kernel cannot even take the request", async () => {
    const execution = newExecution(async () => ({
      execute: () => {
        throw new ProductError("disposed", "Closed.");
      },
    }));
    void execution.run();
    assert.equal((await ended(execution)).success, false);
    assert.deepEqual(shownError(), { name: "Disconnected", message: "Closed.", stack: "" });
  });

  it("leaves out faulty messages and goes on", async () => {
    const execution = await running();
    kernel.send(busy, message("stream", {}), message("status", {}), stream("a"));
    kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
    assert.deepEqual([sink.shown, logged.length], [[stdout("a")], 2]);
  });

  it("starts with the first output when the messages before it were lost", async () => {
    await running();
    kernel.send(stream("a"));
    assert.deepEqual(events, ["start 0"]);
  });

  it("passes questions on, and answers back", async () => {
    await running();
    let answer = "";
    kernel.ask("Name: ", (value) => (answer = value));
    assert.deepEqual([events, answer], [["input Name: "], "42"]);
  });

  it("settles though its outputs cannot be written", async () => {
    const execution = await running();
    sink.during = () => Promise.reject(new Error("closed"));
    kernel.send(busy, executeInput(1), stream("a"));
    kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
  });

  it("settles though a write of its outputs never ends", async () => {
    const execution = await running();
    sink.during = () => new Promise(() => undefined);
    kernel.send(busy, executeInput(1), stream("a"));
    kernel.done.resolve(reply("ok"));
    await clock.advance(10_000);
    assert.deepEqual({ ...(await ended(execution)) }, { success: true, executionCount: 1, startTime: 0, endTime: 0 });
  });

  it("settles though those who are told of it fail", async () => {
    const execution = new CellExecution({ cell: "a", code: "" }, () => Promise.resolve(kernel), {
      ...host(),
      onStart: () => assert.fail("cell deleted"),
      onExecutionCount: () => assert.fail("cell deleted"),
    });
    void execution.run();
    await settled();
    kernel.send(busy, executeInput(1), stream("a"));
    kernel.done.resolve(reply("ok"));
    assert.equal((await ended(execution)).success, true);
  });

  it("does not run once cancelled", async () => {
    const execution = newExecution();
    execution.cancel();
    assert.deepEqual(await execution.run(), { success: undefined, executionCount: null, startTime: null, endTime: 0 });
    assert.deepEqual([kernel.requests, sink.writes, events], [[], [], []]);
  });

  it("does not send its request when cancelled while the kernel starts", async () => {
    const connected = new Deferred<ExecutingKernel>();
    const execution = newExecution(() => connected.promise);
    void execution.run();
    execution.cancel();
    connected.resolve(kernel);
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual(kernel.requests, []);
  });

  it("keeps what it has when cancelled while it runs", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("a"), stream("b"));
    execution.cancel();
    kernel.done.reject(new ProductError("disposed", "Closed."));
    assert.equal((await ended(execution)).success, undefined);
    assert.deepEqual([sink.shown, kernel.disposed], [[stdout("ab")], 1]);
  });

  it("follows display updates and late output after its end", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), display({ "text/plain": "1" }, "d"));
    kernel.done.resolve(reply("ok"));
    await ended(execution);
    displayIds.apply(display({ "text/plain": "2" }, "d", "update_display_data"));
    execution.receive(stream("late"));
    await clock.advance(100);
    assert.deepEqual(sink.shown, [{ type: "display_data", items: { "text/plain": "2" } }, stdout("late")]);
  });

  it("puts notices among the outputs", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("a"));
    execution.notice("Output from 10:00 to 10:05 may be missing.");
    kernel.send(stream("b"));
    kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual(sink.shown, [stdout("a"), stderr("Output from 10:00 to 10:05 may be missing.\n"), stdout("b")]);
  });

  it("says that output was dropped on its way to the server", async () => {
    const execution = await running();
    kernel.send(busy, executeInput(1), stream("a"));
    kernel.drop();
    kernel.done.resolve(reply("ok"));
    await ended(execution);
    assert.deepEqual(sink.shown, [stdout("a"), stderr(`${droppedNotice}\n`)]);
  });
});
