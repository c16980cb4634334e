// Batching changes how often a cell is written, never what it shows in the end.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Deferred } from "../../../../src/base/async";
import type { Logger } from "../../../../src/base/log";
import { nullLogger } from "../../../../src/base/log";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import { OutputBatcher, type OutputSink } from "../../../../src/notebook/outputs/outputBatcher";
import { OutputModel, type OutputChange } from "../../../../src/notebook/outputs/outputModel";
import { applied, CellSink, clearOutput, display, HandClock, line, plain, settled, stdout, stream } from "../doubles";

const mime = "application/vnd.code.notebook.stdout";
const append = (id: string, text: string): OutputChange => ({ kind: "append", output: line(id, text) });
const appendText = (id: string, text: string): OutputChange => ({ kind: "appendText", id, mime, text });
const replace = (id: string, text: string): OutputChange => ({ kind: "replace", id, output: line(id, text) });
const clear: OutputChange = { kind: "clear" };

describe("output batcher", () => {
  let clock: HandClock;
  let sink: CellSink;
  let logged: string[];
  let batcher: OutputBatcher;
  beforeEach(() => {
    clock = new HandClock();
    sink = new CellSink();
    logged = [];
    const log: Logger = { ...nullLogger, error: (text) => void logged.push(text) };
    batcher = new OutputBatcher(sink, { clock, log });
  });

  it("writes the first output at once and the rest once a window", async () => {
    batcher.add([append("a", "1")]);
    assert.deepEqual(sink.writes, ["append"]);
    for (let n = 2; n <= 9; n++) batcher.add([appendText("a", `${n}`)]);
    await clock.advance(99);
    assert.deepEqual(sink.shown, [stdout("1")]);
    await clock.advance(1);
    assert.deepEqual(sink.writes, ["append", "appendText"]);
    assert.deepEqual(sink.shown, [stdout("123456789")]);
  });

  it("costs about ten writes a second, however many changes come", async () => {
    batcher.add([append("a", "")]);
    for (let n = 0; n < 10_000; n++) {
      batcher.add([appendText("a", "x")]);
      if (n % 10 === 9) await clock.advance(1);
    }
    await clock.advance(100);
    assert.ok(sink.writes.length <= 12, `${sink.writes.length} writes`);
    assert.deepEqual(sink.shown, [stdout("x".repeat(10_000))]);
  });

  it("does not hold up the first output behind the clear that begins a run", async () => {
    sink.during = () => new Deferred<void>().promise;
    batcher.add([clear]);
    batcher.add([append("a", "1")]);
    assert.deepEqual(sink.writes, ["clear", "append"]);
  });

  it("adds text to an output only when the output itself is written", async () => {
    const appended = new Deferred<void>();
    sink.during = () => appended.promise;
    batcher.add([append("a", "1")]);
    batcher.add([appendText("a", "2")]);
    await clock.advance(1000);
    assert.deepEqual(sink.writes, ["append"]);
    appended.resolve();
    await clock.advance(2000);
    assert.deepEqual(sink.shown, [stdout("12")]);
  });

  it("rests after a slow write as long as it took", async () => {
    const slow = new Deferred<void>();
    sink.during = () => slow.promise;
    batcher.add([append("a", "1"), append("b", "1")]);
    await clock.advance(400);
    batcher.add([replace("a", "2")]);
    slow.resolve();
    await clock.advance(399);
    assert.deepEqual(sink.writes, ["append"]);
    await clock.advance(1);
    assert.deepEqual(sink.writes, ["append", "replace"]);
  });

  it("drops what a clear or a later replacement makes void", async () => {
    batcher.add([append("a", "1")]);
    batcher.add([appendText("a", "2"), replace("a", "3"), replace("a", "4"), appendText("a", "5")]);
    await clock.advance(100);
    assert.deepEqual(sink.writes, ["append", "replace"]);
    assert.deepEqual(sink.shown, [stdout("45")]);
    batcher.add([append("b", "6"), clear, append("c", "7"), replace("b", "8")]);
    await clock.advance(100);
    assert.deepEqual(sink.writes.slice(2), ["clear", "append"]);
    assert.deepEqual(sink.shown, [stdout("7")]);
  });

  it("clears and appends in one step where the sink can", async () => {
    const steps: string[][] = [];
    const stepping: OutputSink = Object.assign(sink, {
      replaceAll: async (outputs: readonly { id: string }[]) => void steps.push(outputs.map(({ id }) => id)),
    });
    new OutputBatcher(stepping, { clock }).add([clear, append("a", "1"), append("b", "2")]);
    await settled();
    assert.deepEqual([steps, sink.writes], [[["a", "b"]], []]);
  });

  it("flushes without delay, and only what was given so far", async () => {
    batcher.add([append("a", "1")]);
    await settled();
    batcher.add([appendText("a", "2")]);
    // Something new comes with every write, so that a flush of all there is would never end.
    sink.during = () => batcher.add([appendText("a", "!")]);
    await batcher.flush();
    assert.deepEqual(sink.writes, ["append", "appendText"]);
    await settled();
    assert.deepEqual(sink.shown, [stdout("12")]);
    assert.equal(clock.now(), 0);
  });

  it("waits with a flush for the write before, and not for its own", async () => {
    const [first, last] = [new Deferred<void>(), new Deferred<void>()];
    sink.during = (write) => (write === "append" ? first : last).promise;
    batcher.add([append("a", "1")]);
    batcher.add([appendText("a", "2")]);
    const flushed = batcher.flush();
    await settled();
    assert.deepEqual(sink.writes, ["append"]);
    first.resolve();
    await flushed;
    assert.deepEqual([sink.writes, sink.shown], [["append", "appendText"], [stdout("1")]]);
    last.resolve();
    await settled();
    assert.deepEqual(sink.shown, [stdout("12")]);
  });

  it("makes the calls of one write at once", async () => {
    batcher.add([append("a", "1"), append("b", "1")]);
    await settled();
    sink.during = () => new Deferred<void>().promise;
    batcher.add([replace("a", "2"), appendText("b", "2"), append("c", "1")]);
    await clock.advance(100);
    assert.deepEqual(sink.writes, ["append", "replace", "appendText", "append"]);
  });

  it("writes as seldom as its sink wants, and at once where somebody waits until all is written", async () => {
    const slow = Object.assign(sink, { interval: 1000 });
    batcher = new OutputBatcher(slow, { clock });
    batcher.add([append("a", "1")]);
    await clock.advance(900);
    batcher.add([appendText("a", "2")]);
    await clock.advance(99);
    assert.deepEqual(sink.shown, [stdout("1")]);
    await batcher.written();
    assert.deepEqual(sink.shown, [stdout("12")]);
    assert.equal(clock.now(), 999);
    await batcher.written();
  });

  it("tells when it is written, also where that has begun before", async () => {
    const [first, last] = [new Deferred<void>(), new Deferred<void>()];
    sink.during = (write) => (write === "append" ? first : last).promise;
    batcher.add([append("a", "1")]);
    batcher.add([appendText("a", "2")]);
    let written = false;
    void batcher.written().then(() => (written = true));
    first.resolve();
    await settled();
    assert.deepEqual([written, sink.shown], [false, [stdout("1")]]);
    last.resolve();
    await settled();
    assert.deepEqual([written, sink.shown], [true, [stdout("12")]]);
  });

  it("flushes at once when there is nothing to write", async () => {
    await batcher.flush();
    batcher.add([append("a", "1")]);
    await batcher.flush();
    await batcher.flush();
    assert.deepEqual(sink.writes, ["append"]);
  });

  it("logs a failed write and goes on with the next", async () => {
    batcher.add([append("a", "1")]);
    await settled();
    sink.during = () => Promise.reject(new Error("closed"));
    batcher.add([replace("a", "2")]);
    await clock.advance(100);
    sink.during = () => undefined;
    batcher.add([append("b", "3")]);
    await clock.advance(100);
    assert.equal(logged.length, 1);
    assert.deepEqual(sink.shown, [stdout("1"), stdout("3")]);
  });

  it("still shows what is added to an output that could not be appended", async () => {
    sink.during = () => Promise.reject(new Error("closed"));
    batcher.add([append("a", "1"), append("b", "1")]);
    await settled();
    sink.during = () => undefined;
    batcher.add([appendText("a", "2"), replace("b", "3")]);
    await clock.advance(100);
    batcher.add([appendText("a", "4")]);
    await clock.advance(100);
    assert.deepEqual(sink.shown, [stdout("24"), stdout("3")]);
  });

  it("writes no more once disposed, and keeps nobody waiting", async () => {
    batcher.add([append("a", "1")]);
    batcher.add([append("b", "2")]);
    batcher.dispose();
    batcher.add([append("c", "3")]);
    await batcher.flush();
    await clock.advance(1000);
    assert.deepEqual(sink.shown, [stdout("1")]);
  });

  it("shows in the end what unbatched changes show", async () => {
    const texts = fc.constantFrom("a", "b\n", "\rc", "\n", "\x1b[Ad");
    const ids = fc.constantFrom("x", "y");
    const messages = fc.oneof(
      { weight: 4, arbitrary: texts.map((text) => stream(text)) },
      { weight: 2, arbitrary: texts.map((text) => stream(text, "stderr")) },
      fc.tuple(texts, ids).map(([text, id]) => display({ "text/plain": text }, id)),
      fc.tuple(texts, ids).map(([text, id]) => display({ "text/plain": text }, id, "update_display_data")),
      fc.boolean().map(clearOutput),
    );
    const steps = fc.array(fc.record({ message: messages, pause: fc.constantFrom(0, 0, 30, 100), flush: fc.nat(9) }));
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const time = new HandClock();
        const cell = new CellSink();
        const batched = new OutputBatcher(cell, {
          clock: time,
          log: { ...nullLogger, error: (_, failure) => assert.fail(String(failure)) },
        });
        const model = new OutputModel({ cell: "a", replace: () => assert.fail("own outputs are returned") }, new DisplayIds());
        let expected: ReturnType<typeof applied> = [];
        for (const { message, pause, flush } of run) {
          const changes = model.apply(message);
          expected = applied(changes, expected);
          batched.add(changes);
          if (pause > 0) await time.advance(pause);
          if (flush === 0) void batched.flush();
        }
        await batched.flush();
        await settled();
        assert.deepEqual(cell.shown, expected.map(plain));
      }),
      { numRuns: 150 },
    );
  });
});
