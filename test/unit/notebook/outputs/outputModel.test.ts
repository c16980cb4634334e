// The outputs of a run are those that Jupyter's other clients make of the same messages.
import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../../src/base/errors";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import type { CellOutput } from "../../../../src/notebook/outputs/output";
import { OutputModel } from "../../../../src/notebook/outputs/outputModel";
import type { Message } from "../../../../src/services/kernel/messages";
import { applied, clearOutput, display, error, message, plain, stderr, stdout, stream, type Plain } from "../doubles";

/** A cell's run whose outputs are shown at once. */
class Cell {
  outputs: CellOutput[] = [];
  readonly model: OutputModel;

  constructor(
    readonly cell: string,
    displayIds: DisplayIds,
  ) {
    this.model = new OutputModel(this, displayIds);
  }

  replace(output: CellOutput): void {
    this.outputs = applied([{ kind: "replace", id: output.id, output }], this.outputs);
  }

  take(...messages: Message[]): string[] {
    return messages.flatMap((one) => {
      const changes = this.model.apply(one);
      this.outputs = applied(changes, this.outputs);
      return changes.map((change) => change.kind);
    });
  }

  get shown(): Plain[] {
    return this.outputs.map(plain);
  }
}

const plainText = (text: string, type = "display_data"): Plain => ({ type, items: { "text/plain": text } });
const shows = (text: string, displayId?: string, type?: string): Message => display({ "text/plain": text }, displayId, type);

describe("output model", () => {
  let displayIds: DisplayIds;
  let cell: Cell;
  beforeEach(() => {
    displayIds = new DisplayIds();
    cell = new Cell("a", displayIds);
  });

  it("merges the text of a stream until another output comes", () => {
    assert.deepEqual(cell.take(stream("a"), stream("b"), stream("E", "stderr"), stream("c")), ["append", "appendText", "append", "append"]);
    assert.deepEqual(cell.shown, [stdout("ab"), stderr("E"), stdout("c")]);
  });

  it("replaces the text of a stream when a progress bar overwrites it", () => {
    assert.deepEqual(cell.take(stream("\r 10%"), stream("\r 20%"), stream("\r 20%"), stream("\n")), ["append", "replace", "appendText"]);
    assert.deepEqual(cell.shown, [stdout(" 20%\n")]);
  });

  it("makes no output of empty text", () => {
    assert.deepEqual(cell.take(stream(""), stream("\r")), []);
  });

  it("shows results, displays and errors in the order they came", () => {
    const result = message("execute_result", { data: { "text/plain": "1" }, metadata: {}, execution_count: 4 });
    cell.take(shows("x"), result, error("ValueError", "no", ["line"]));
    assert.deepEqual(
      cell.outputs.map(({ metadata }) => [metadata.outputType, metadata.executionCount]),
      [
        ["display_data", undefined],
        ["execute_result", 4],
        ["error", undefined],
      ],
    );
  });

  it("clears at once, and what follows begins anew", () => {
    assert.deepEqual(cell.take(stream("a"), clearOutput(), stream("b")), ["append", "clear", "append"]);
    assert.deepEqual(cell.shown, [stdout("b")]);
  });

  it("clears with the next output when told to wait", () => {
    assert.deepEqual(cell.take(shows("1"), clearOutput(true)), ["append"]);
    assert.deepEqual(cell.take(shows("2"), shows("3")), ["clear", "append", "append"]);
    assert.deepEqual(cell.shown, [plainText("2"), plainText("3")]);
  });

  it("updates every output of a display id, in its own cell and in others", () => {
    const other = new Cell("b", displayIds);
    cell.take(shows("1", "d"), shows("x"), shows("1", "d"));
    other.take(shows("1", "d"));
    other.take(shows("2", "d", "update_display_data"), shows("?", "unknown", "update_display_data"));
    assert.deepEqual(cell.shown, [plainText("2"), plainText("x"), plainText("2")]);
    assert.deepEqual(other.shown, [plainText("2")]);
  });

  it("updates earlier outputs when a display id is displayed anew", () => {
    const other = new Cell("b", displayIds);
    cell.take(shows("1", "d"));
    assert.deepEqual(other.take(shows("2", "d")), ["append"]);
    assert.deepEqual([cell.shown, other.shown], [[plainText("2")], [plainText("2")]]);
  });

  it("keeps a result a result when it is updated", () => {
    const content = { data: {}, metadata: {}, execution_count: 4, transient: { display_id: "d" } };
    cell.take(message("execute_result", content), shows("2", "d", "update_display_data"));
    assert.deepEqual(cell.shown, [plainText("2", "execute_result")]);
    assert.equal(cell.outputs[0]?.metadata.executionCount, 4);
  });

  it("forgets display ids with their outputs", () => {
    const other = new Cell("b", displayIds);
    cell.take(shows("1", "d"), shows("1", "e"));
    other.take(shows("1", "d"));
    assert.equal(displayIds.size, 3);
    cell.take(clearOutput());
    assert.equal(displayIds.size, 1);
    displayIds.drop("b");
    assert.equal(displayIds.size, 0);
    assert.deepEqual(other.take(shows("2", "d", "update_display_data")), []);
  });

  it("applies updates that belong to no cell", () => {
    cell.take(shows("1", "d"));
    displayIds.apply(shows("2", "d", "update_display_data"));
    assert.deepEqual(cell.shown, [plainText("2")]);
  });

  it("refuses faulty content and is as before", () => {
    cell.take(stream("a"));
    const faulty = [
      message("stream", { name: "stdin", text: "x" }),
      message("display_data", { data: "text" }),
      message("error", {}),
      message("clear_output", { wait: "yes" }),
      message("update_display_data", { data: {}, metadata: {} }),
    ];
    for (const one of faulty)
      assert.throws(
        () => cell.take(one),
        (thrown) => hasCode(thrown, "invalid-message"),
      );
    assert.deepEqual(cell.take(stream("b")), ["appendText"]);
  });

  it("ignores what makes no output", () => {
    assert.deepEqual(cell.take(message("status", { execution_state: "busy" }), message("comm_open", {}), message("x", {})), []);
  });

  it("adds its own lines and errors to what has arrived, even when a clear waits", () => {
    cell.take(stream("a"), clearOutput(true));
    cell.outputs = applied([...cell.model.notice("Reconnected."), ...cell.model.fail("Kernel died", "Gone.")], cell.outputs);
    cell.take(stream("b", "stderr"));
    assert.deepEqual(
      cell.shown.map(({ type }) => type),
      ["stream", "stream", "error", "stream"],
    );
    assert.deepEqual(cell.shown[1], stderr("Reconnected.\n"));
  });

  it("makes one output of each stretch of one stream", () => {
    const piece = fc.record({
      name: fc.constantFrom("stdout", "stderr"),
      text: fc.string({ minLength: 1 }).map((text) => text.replaceAll(/[\r\b\x1b]/g, "")),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const expected: { name: string; text: string }[] = [];
        for (const { name, text } of pieces.filter(({ text }) => text !== "")) {
          const last = expected.at(-1);
          if (last?.name === name) last.text += text;
          else expected.push({ name, text });
        }
        const one = new Cell("c", new DisplayIds());
        one.take(...pieces.map(({ name, text }) => stream(text, name)));
        assert.deepEqual(
          one.shown,
          expected.map(({ name, text }) => (name === "stdout" ? stdout(text) : stderr(text))),
        );
      }),
    );
  });
});
