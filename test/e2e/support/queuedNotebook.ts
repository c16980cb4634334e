// A notebook whose cells count, and what must be in it afterwards, whatever happened while it ran.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import * as v from "valibot";

/** How many cells there are beside the one that tells which have run. */
export const cells = 30;
const lines = 8;
const seconds = 0.05;
/** The cell that asks for input, where one does. */
export const asking = 3;
/** What it is answered. */
export const answer = "Ana";

/** Writes the notebook to `file`. */
export function writeQueuedNotebook(file: string, options: { readonly asks: boolean }): void {
  const sources = Array.from({ length: cells }, (_, cell) => (options.asks && cell === asking ? askingCell(cell) : countingCell(cell)));
  const notebook = {
    cells: [...sources, "print(ran)"].map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [] },
      source: source.split(/(?<=\n)/),
    })),
    ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
  };
  writeFileSync(file, JSON.stringify(notebook));
}

function countingCell(cell: number): string {
  const once = `ran = globals().get("ran", []) + [${cell}]`;
  return `import time\n${once}\nfor line in range(${lines}):\n    print("cell ${cell} line", line, flush=True)\n    time.sleep(${seconds})`;
}

function askingCell(cell: number): string {
  return `ran = globals().get("ran", []) + [${cell}]\nprint("got", input("name? "))`;
}

const output = v.looseObject({
  output_type: v.string(),
  name: v.optional(v.string()),
  text: v.optional(v.union([v.string(), v.array(v.string())])),
  ename: v.optional(v.string()),
});
const saved = v.object({
  cells: v.array(v.looseObject({ execution_count: v.nullish(v.number()), outputs: v.array(output) })),
});

/** What was saved of one cell. */
interface Saved {
  readonly stdout: readonly string[];
  /** Notices and errors. */
  readonly said: string;
  readonly count: number | null | undefined;
}

/** Reads what was saved in `file`. */
function readSaved(file: string): readonly Saved[] {
  return v.parse(saved, JSON.parse(readFileSync(file, "utf8"))).cells.map(({ execution_count: count, outputs }) => {
    const textOf = (name: string): string =>
      outputs
        .filter((one) => one.name === name)
        .map(({ text = "" }) => [text].flat().join(""))
        .join("");
    const errors = outputs.map(({ ename = "" }) => ename).join(" ");
    return { stdout: textOf("stdout").split("\n").slice(0, -1), said: `${textOf("stderr")} ${errors}`.trim(), count };
  });
}

/**
 * Whether `file` was saved after its last cell had ended, with the number of each that has printed: in a window that takes its time
 * VS Code may remove an old number late, and saves the new one a moment later.
 */
export function isSaved(file: string): boolean {
  const all = readSaved(file);
  const isOver = ({ stdout, said, count }: Saved, index: number): boolean =>
    count !== null || said !== "" || (index < cells && stdout.length === 0);
  return all.length > cells && all.every(isOver);
}

/**
 * Asserts that `file` holds every line of every cell, once and in its cell, and that every cell ran once, in order.
 * @param mayMiss lines may be missing where a notice in the notebook says so
 * @returns how many lines are missing, and whether a notice says that some may be
 */
export function assertComplete(
  file: string,
  options: { readonly asks: boolean; readonly mayMiss: boolean },
): { readonly missing: number; readonly told: boolean } {
  const all = readSaved(file);
  let missing = 0;
  const told = all.some(({ said }) => /may be missing|Connection lost/.test(said));
  for (const [cell, { stdout, said, count }] of all.slice(0, cells).entries()) {
    const expected =
      options.asks && cell === asking
        ? [`name? ${answer}`, `got ${answer}`]
        : Array.from({ length: lines }, (_, line) => `cell ${cell} line ${line}`);
    const context = `cell ${cell}: ${JSON.stringify(stdout)} ${said}`;
    if (options.mayMiss && told) {
      assert.deepEqual(
        stdout,
        expected.filter((line) => stdout.includes(line)),
        `doubled or out of order in ${context}`,
      );
      missing += expected.length - stdout.length;
      continue;
    }
    assert.deepEqual(stdout, expected, context);
    assert.equal(said, "", context);
    assert.equal(count, cell + 1, `execution count of ${context}`);
  }
  const ran = all[cells]?.stdout ?? [];
  if (!(options.mayMiss && told && ran.length === 0)) {
    assert.deepEqual(ran, [JSON.stringify(Array.from({ length: cells }, (_, cell) => cell)).replaceAll(",", ", ")], "which cells ran");
  }
  return { missing, told };
}
