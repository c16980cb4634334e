// A cell's outputs go on where somebody has removed them meanwhile, and an Output widget's never touch the cell's own.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Deferred } from "../../../../src/base/async";
import { CellOutputs } from "../../../../src/notebook/outputs/cellOutputs";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import type { CellOutput } from "../../../../src/notebook/outputs/output";
import { createMessage, type JsonObject, type Message } from "../../../../src/services/kernel/messages";
import { CellSink, clearOutput, display, error, HandClock, settled, stderr, stdout, stream } from "../doubles";

const plainText = (text: string): { type: string; items: Record<string, string> } => ({
  type: "display_data",
  items: { "text/plain": text },
});
const shows = (text: string, id?: string): Message => display({ "text/plain": text }, id);
const updates = (text: string, id: string): Message => display({ "text/plain": text }, id, "update_display_data");

/** A cell's run as `CellOutputs` is used by it. */
class Run {
  readonly sink = new CellSink();
  readonly outputs: CellOutputs;
  isOver = false;

  constructor(
    readonly cell: string,
    displayIds: DisplayIds,
    clock: HandClock,
  ) {
    this.outputs = new CellOutputs(this, displayIds, this.sink, { clock });
  }

  replace(output: CellOutput): void {
    this.outputs.replace(output, this.isOver);
  }

  take(...messages: Message[]): void {
    for (const message of messages) this.outputs.show(this.outputs.changesOf(message).changes);
  }

  /** Somebody removes all that the cell shows. */
  lose(): void {
    this.outputs.vanished(this.sink.removeAll(), this.isOver);
  }
}

let clock: HandClock;
let displayIds: DisplayIds;
let run: Run;
beforeEach(() => {
  clock = new HandClock();
  displayIds = new DisplayIds();
  run = new Run("a", displayIds, clock);
});

describe("outputs of a cell that somebody removes", () => {
  it("a stream goes on in a fresh output", async () => {
    run.take(stream("1\n"));
    await settled();
    run.lose();
    run.take(stream("2\n"), stream("3\n"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("2\n3\n")]);
  });

  it("what was being written, and what waited, is shown", async () => {
    run.take(stream("1\n"));
    await settled();
    const writing = new Deferred<void>();
    run.sink.during = () => writing.promise;
    run.take(stream("2\n"));
    await clock.advance(100);
    run.take(stream("3\n"));
    run.lose();
    run.take(stream("4\n"));
    writing.resolve();
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("2\n3\n4\n")]);
  });

  it("a progress bar goes on alone, without the lines above it", async () => {
    run.take(stream("begins\n"), stream("\r 10%"));
    await clock.advance(1000);
    run.take(stream("\r 20%"), stream("\r"));
    run.lose();
    run.take(stream(" 30%"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout(" 30%")]);
    run.take(stream("\r 40%\n"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout(" 40%\n")]);
  });

  it("text of a stream that another has followed is shown before that one", async () => {
    run.take(stream("1"));
    await settled();
    run.take(stream("2"), stream("error", "stderr"), stream("3"));
    run.lose();
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("2"), stderr("error"), stdout("3")]);
  });

  it("bars with display ids come back in their order with their next states", async () => {
    run.take(shows("a 1", "a"), shows("b 1", "b"), shows("not updated"), stream("text"));
    await clock.advance(1000);
    run.lose();
    run.take(stream("more"), updates("b 2", "b"), updates("a 2", "a"), updates("b 3", "b"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("more"), plainText("a 2"), plainText("b 3")]);
    run.take(updates("a 3", "a"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("more"), plainText("a 3"), plainText("b 3")]);
  });

  it("a state by a display id that waited to be written is shown", async () => {
    run.take(shows("1", "a"));
    await settled();
    run.take(updates("2", "a"));
    run.lose();
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [plainText("2")]);
  });

  it("another cell's update is shown where the cell still runs, and stays away where it has ended", async () => {
    const other = new Run("b", displayIds, clock);
    run.take(shows("1", "a"));
    await settled();
    run.lose();
    other.take(updates("2", "a"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [plainText("2")]);
    run.isOver = true;
    run.lose();
    other.take(updates("3", "a"));
    await clock.advance(1000);
    assert.deepEqual([run.sink.shown, other.sink.shown], [[], []]);
    run.take(updates("4", "a"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [plainText("4")], "its own thread's update");
  });

  it("what the kernel clears stays away", async () => {
    run.take(stream("1"));
    await settled();
    run.take(stream("2"), clearOutput());
    run.lose();
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, []);
    run.take(stream("3"), clearOutput(true), stream("4"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("4")]);
  });

  it("shows from then on what an empty terminal would", async () => {
    const chunks = fc.array(fc.constantFrom("a", "bc\n", "\rd", "\b", "\n", "\x1b[A", "\x1b[", "31mred", "\r"), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chunks, chunks, chunks, chunks, async (seen, onTheirWay, waiting, later) => {
        const time = new HandClock();
        const [removed, fresh] = [new Run("r", new DisplayIds(), time), new Run("f", new DisplayIds(), time)];
        removed.take(stream("first\n"), ...seen.map((text) => stream(text)), stream("."));
        await removed.outputs.written();
        await time.advance(5000);
        const gate = new Deferred<void>();
        removed.sink.during = () => gate.promise;
        removed.take(...onTheirWay.map((text) => stream(text)));
        await settled();
        removed.take(...waiting.map((text) => stream(text)));
        removed.lose();
        removed.take(...later.map((text) => stream(text)));
        gate.resolve();
        fresh.take(...[...onTheirWay, ...waiting, ...later].map((text) => stream(text)));
        await time.advance(5000);
        assert.deepEqual(removed.sink.shown, fresh.sink.shown);
      }),
      { numRuns: 300 },
    );
  });
});

describe("what an Output widget captures", () => {
  const request = "request-1";
  const parent = { msg_id: request };
  const claim = (widget: string, id: string): Message =>
    createMessage("kernel", "iopub", "comm_msg", { comm_id: widget, data: { method: "update", state: { msg_id: id } } }, { parent });
  const withOut = (widget: string, ...messages: Message[]): Message[] => [claim(widget, request), ...messages, claim(widget, "")];
  const stateOf = (data: JsonObject): Message => createMessage("kernel", "iopub", "comm_msg", { comm_id: "w", data }, { parent });

  it("does not clear the cell's own outputs", async () => {
    run.take(stream("kept"), ...withOut("w", stream("in the widget"), clearOutput()));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("kept")]);
    run.take(
      stream(" too"),
      ...withOut("w", clearOutput(true), shows("1")),
      ...withOut("w", clearOutput(true)),
      ...withOut("w", shows("2")),
    );
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("kept"), stdout(" too"), plainText("2")]);
  });

  it("is shown beside them, so that nothing is lost as long as no widget is drawn", async () => {
    run.take(stream("a\n"), ...withOut("w", stream("b\n"), error("ValueError", "no")), stream("c\n"));
    await clock.advance(1000);
    assert.deepEqual(
      run.sink.shown.map(({ type }) => type),
      ["stream", "stream", "error", "stream"],
    );
    assert.deepEqual(
      [0, 1, 3].map((index) => run.sink.shown[index]),
      [stdout("a\n"), stdout("b\n"), stdout("c\n")],
    );
  });

  it("is the innermost widget's, and each widget is cleared alone", async () => {
    run.take(
      claim("outer", request),
      stream("o"),
      ...withOut("inner", stream("i"), clearOutput(), stream("j")),
      stream("p"),
      claim("outer", ""),
    );
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("o"), stdout("j"), stdout("p")]);
    run.take(...withOut("outer", clearOutput()));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("j")]);
  });

  it("follows its display ids, and leaves the cell's own alone", async () => {
    run.take(shows("own", "own"), ...withOut("w", shows("1", "w"), updates("2", "w"), updates("own 2", "own"), clearOutput(), shows("3")));
    run.take(updates("own 3", "own"), updates("4", "w"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [plainText("own 3"), plainText("3")]);
    run.outputs.forget();
    assert.equal(displayIds.size, 1);
  });

  it("ends with the claim, or with the widget", async () => {
    run.take(stateOf({ method: "update", state: { msg_id: "another request" } }), stream("1"), clearOutput(), stream("2"));
    run.take(claim("w", request), createMessage("kernel", "iopub", "comm_close", { comm_id: "w" }, { parent }), stream("3"));
    run.take(stateOf({ method: "update", state: { value: 1 } }), stateOf({}), clearOutput(true), stream("4"));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("4")]);
  });

  it("goes on in fresh outputs where somebody has removed them", async () => {
    run.take(stream("a"), claim("w", request), stream("b"));
    await clock.advance(1000);
    run.lose();
    run.take(stream("c"), claim("w", ""), stream("d"), ...withOut("w", stream("e")));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("c"), stdout("d"), stdout("e")]);
    run.take(...withOut("w", clearOutput()));
    await clock.advance(1000);
    assert.deepEqual(run.sink.shown, [stdout("d")]);
  });
});
