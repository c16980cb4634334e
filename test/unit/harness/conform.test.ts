// The comparison of npm run conform: it sees what differs, and not what means nothing.
import assert from "node:assert/strict";
import { differences } from "../../harness/conform/compare";
import type { Cell, Notebook, Output } from "../../harness/conform/notebook";
import { screenOf } from "../../harness/conform/terminal";

const stream = (text: string, name = "stdout"): Output => ({ output_type: "stream", name, text });
const display = (data: Record<string, unknown>, metadata: Record<string, unknown> = {}): Output => ({
  output_type: "display_data",
  data,
  metadata,
});
const cell = (outputs: Output[], more: Partial<Cell> = {}): Cell => ({
  cell_type: "code",
  id: "a",
  source: "x",
  metadata: {},
  execution_count: 1,
  outputs,
  ...more,
});
const notebook = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

describe("comparing notebooks", () => {
  const compared = (wanted: Output[], got: Output[], noise: string[] = []): string[] =>
    differences(
      { notebook: notebook(cell(wanted)), success: [true], home: "/homes/a" },
      { notebook: notebook(cell(got)), success: [true], home: "/homes/b" },
      noise,
    );

  it("finds equal what differs in ids, addresses, times, paths and the pieces of a stream", () => {
    assert.deepEqual(compared([stream("a\n"), stream("b\n")], [stream("a\nb\n")]), []);
    assert.deepEqual(compared([stream("<f at 0x7f00aa11bb22> 1.5 ms")], [stream("<f at 0x7fffaa11bb22> 900 µs")]), []);
    assert.deepEqual(compared([stream("/homes/a/x.py")], [stream("/homes/b/x.py")]), []);
    assert.deepEqual(compared([display({ "image/png": "AAEC\n" })], [display({ "image/png": "AAEC" })]), []);
    assert.deepEqual(compared([display({ "text/html": ["a\n", "b"] })], [display({ "text/html": "a\nb" })]), []);
    assert.deepEqual(compared([stream("run 17")], [stream("run 4")], ["run \\d+"]), []);
  });

  it("takes the streams' order for chance, but not what stands between them", () => {
    const shown = display({ "text/plain": "x" });
    assert.deepEqual(compared([stream("e", "stderr"), stream("o")], [stream("o"), stream("e", "stderr")]), []);
    assert.match(String(compared([stream("a"), shown, stream("b")], [stream("ab"), shown])), /cell 1: output 1/);
  });

  it("says where text, data, metadata, types, counts, success and cells differ", () => {
    assert.deepEqual(compared([stream("a")], [stream("b")]), ['cell 1: output 1: "b" instead of "a"']);
    assert.deepEqual(compared([stream("a")], [stream("a", "stderr")]), ['cell 1: output 1: "stderr" instead of "stdout"']);
    assert.match(
      String(compared([display({ "text/plain": "x" }, { a: 1 })], [display({ "text/plain": "x" })])),
      /metadata\/a is nothing instead of 1/,
    );
    assert.match(String(compared([display({ "image/png": "AAEC" })], [display({ "image/png": "AAED" })])), /image\/png/);
    assert.match(String(compared([stream("a")], [])), /nothing instead of "stream"/);
    const ran = (one: Cell, success: boolean) => ({ notebook: notebook(one), success: [success] });
    assert.match(
      String(differences(ran(cell([]), true), ran(cell([], { execution_count: 2 }), true), [])),
      /execution_count is 2 instead of 1/,
    );
    assert.match(String(differences(ran(cell([]), true), ran(cell([]), false), [])), /success: false instead of true/);
    assert.match(String(differences(ran(cell([]), true), { notebook: notebook(), success: [] }, [])), /cells: 0 instead of 1/);
  });

  it("wants overwriting carried out, and to the end that a terminal shows", () => {
    assert.deepEqual(compared([stream("10 %\r20 %\n")], [stream("20 %\n")]), []);
    assert.match(String(compared([stream("10 %\r20 %\n")], [stream("10 %\r20 %\n")])), /overwritten is still there/);
    assert.match(String(compared([stream("longer\rab")], [stream("ab")])), /instead of "abnger"/);
  });
});

describe("what a terminal shows", () => {
  it("moves the cursor and keeps what is not overwritten", () => {
    assert.equal(screenOf("abc\rX\nab\b\bY"), "Xbc\nYb");
    assert.equal(screenOf("one\ntwo\x1b[1AX\x1b[1BY"), "oneX\ntwo Y");
    assert.equal(screenOf("abcdef\x1b[3G\x1b[K"), "ab");
    assert.equal(screenOf("abc\x1b[2K\rx"), "x");
  });

  it("knows equal looks", () => {
    assert.equal(screenOf("\x1b[31;1ma\x1b[0mb"), screenOf("\x1b[1m\x1b[31ma\x1b[mb"));
    assert.notEqual(screenOf("\x1b[31ma"), screenOf("\x1b[32ma"));
    assert.equal(screenOf("\x1b[38;5;31ma\x1b[39mb"), screenOf("\x1b[38;5;31ma\x1b[0mb"));
  });
});
