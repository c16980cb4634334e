// Detection of foreign changes to a cell's outputs: the user clears them, another extension changes them, the file is read again.
// VS Code gives outputs no id, and drops silently what is added to one that is gone. So their objects are compared, and their
// number with the expected one: our own writes under way are known, and VS Code reports changes in order. After any other change none of our
// outputs is there any more; output of the write under way and of the waiting one goes into a fresh output.
import * as vscode from "vscode";

/** A write of ours that adds or replaces outputs of a cell, until VS Code's change event for it. */
interface Expected {
  /** Our outputs, by the id that the notebook model gives them. */
  readonly adds: readonly string[];
  /** The number of outputs after the write, from the number before. */
  readonly countAfter: (count: number) => number;
}

/** One watch for each cell that runs of ours write to. */
const watches = new WeakMap<vscode.NotebookCell, OutputWatch>();

/** The outputs of one cell as of VS Code's last change event, and our writes under way. */
export class OutputWatch {
  /** Called with ours that are on their way and so are still there, when others have changed the cell's outputs. */
  onForeignChange: (coming: ReadonlySet<string>) => void = () => undefined;
  #known: readonly vscode.NotebookCellOutput[];
  #expected: readonly Expected[] = [];

  private constructor(cell: vscode.NotebookCell) {
    this.#known = cell.outputs;
  }

  /** The watch of `cell`; one for all of its runs. */
  static of(cell: vscode.NotebookCell): OutputWatch {
    const watch = watches.get(cell) ?? new OutputWatch(cell);
    watches.set(cell, watch);
    return watch;
  }

  /** VS Code adds `added` outputs, of which `ids` are ours, behind the others by `write`. Settles as that. */
  adding(ids: readonly string[], added: number, write: () => Thenable<void>): Promise<void> {
    return this.#during({ adds: ids, countAfter: (count) => count + added }, write);
  }

  /** VS Code puts `count` outputs, of which `ids` are new, in the place of all by `write`. Settles as that. */
  replacing(ids: readonly string[], count: number, write: () => Thenable<void>): Promise<void> {
    return this.#during({ adds: ids, countAfter: () => count }, write);
  }

  /** VS Code's change event for the cell's outputs. */
  told(outputs: readonly vscode.NotebookCellOutput[]): void {
    // Text that is added to an output leaves its object as it is.
    if (outputs.length === this.#known.length && outputs.every((output, index) => output === this.#known[index])) return;
    let count = this.#known.length;
    this.#known = outputs;
    for (const [index, { countAfter }] of this.#expected.entries()) {
      count = countAfter(count);
      if (count !== outputs.length) continue;
      this.#expected = this.#expected.slice(index + 1);
      return;
    }
    this.onForeignChange(new Set(this.#expected.flatMap(({ adds }) => adds)));
  }

  async #during(expected: Expected, write: () => Thenable<void>): Promise<void> {
    this.#expected = [...this.#expected, expected];
    try {
      await write();
    } finally {
      // VS Code fires the change event before it settles the write.
      this.#expected = this.#expected.filter((other) => other !== expected);
    }
  }
}

/** Passes change events of outputs to the watches of their cells. */
export function watchOutputs(): vscode.Disposable {
  return vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
    for (const { cell, outputs } of cellChanges) if (outputs) watches.get(cell)?.told(outputs);
  });
}
