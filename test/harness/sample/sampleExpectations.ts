// What each code cell of sample.ipynb has to show when it was run from top to bottom.
import type { CellOutput } from "../vscode/cellOutput";

/** What one cell has to show. */
export interface CellExpectation {
  /** The cell's id in the file. */
  readonly id: string;
  readonly state: "ok" | "error";
  /** The cell is interrupted as soon as it shows this. */
  readonly interruptAfter?: RegExp;
  /** One check for each output, in order: undefined if it is as it should be, else what is wrong with it. */
  readonly outputs: readonly ((output: CellOutput) => string | undefined)[];
}

/** In the order of the notebook. */
export const sampleExpectations: readonly CellExpectation[] = [
  { id: "counter", state: "ok", outputs: [text("step 1 of 5\nstep 2 of 5\nstep 3 of 5\nstep 4 of 5\nstep 5 of 5")] },
  { id: "figure", state: "ok", outputs: [figure] },
  {
    id: "table",
    state: "ok",
    outputs: [
      table([
        ["", "city", "country", "people (millions)"],
        ["0", "Zürich", "Switzerland", "0.4"],
        ["1", "São Paulo", "Brazil", "11.9"],
        ["2", "Αθήνα", "Greece", "0.6"],
      ]),
    ],
  },
  { id: "unicode", state: "ok", outputs: [text("Grüß Gott · Здравствуйте · Γειά σου · שלום · გამარჯობა · 👩🏽‍🔬"), text("6")] },
  { id: "error", state: "error", outputs: [error(/ZeroDivisionError: division by zero/, /return cake \/ people/)] },
  {
    id: "interrupt",
    state: "error",
    interruptAfter: /press the stop button/,
    outputs: [text("working… press the stop button"), error(/KeyboardInterrupt/, /time\.sleep\(600\)/)],
  },
  { id: "afterwards", state: "ok", outputs: [text("3 cities and 6 greetings, still here")] },
];

/** What is wrong with a cell's outputs, one line each. */
export function differences(expected: CellExpectation, outputs: readonly CellOutput[]): string[] {
  const wrong: string[] = [];
  if (outputs.length !== expected.outputs.length) {
    wrong.push(`${outputs.length} outputs instead of ${expected.outputs.length}`);
  }
  for (const [index, check] of expected.outputs.entries()) {
    const output = outputs[index];
    const difference = output === undefined ? undefined : check(output);
    if (difference !== undefined) wrong.push(`output ${index + 1}: ${difference}`);
  }
  return wrong;
}

function text(expected: string): (output: CellOutput) => string | undefined {
  return (output) => (output.text === expected && !output.error ? undefined : `${shown(output.text)} instead of ${shown(expected)}`);
}

function figure({ images }: CellOutput): string | undefined {
  const [image] = images;
  if (image === undefined) return "no picture";
  return image.width > 300 && image.height > 150 ? undefined : `a picture of only ${image.width} × ${image.height}`;
}

function table(expected: readonly (readonly string[])[]): (output: CellOutput) => string | undefined {
  return ({ tables: [first] }) => {
    if (first === undefined) return "no table";
    return JSON.stringify(first) === JSON.stringify(expected) ? undefined : `the table ${JSON.stringify(first)}`;
  };
}

/** An error with a traceback in which every part is found. */
function error(...parts: readonly RegExp[]): (output: CellOutput) => string | undefined {
  return (output) => {
    const missing = parts.filter((part) => !part.test(output.text));
    if (!output.error) return "not drawn as an error";
    return missing.length === 0 ? undefined : `no ${missing.join(", ")} in ${shown(output.text)}`;
  };
}

function shown(value: string): string {
  return JSON.stringify(value.length > 400 ? `${value.slice(0, 400)}…` : value);
}
