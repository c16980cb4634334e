// Saves right after a run, over and over, in notebooks of all kinds: nothing of the run may be missing in the file. One round
// a kind; 50 rounds with SAVE_LOOPS=50.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { openContent, readSaved, selectKernel, type CellContent, type SavedNotebook } from "./support/notebook";
import { notebooksOf } from "./support/users";
import { save, type Save } from "./support/serverNotebooks";

const spec = { kernelspec: { display_name: "Python 3 (ipykernel)", language: "python", name: "python3" } };
const info = { language_info: { name: "python" } };

/** What a notebook says of its kernel before it is run, and the minor version of its format. */
const kinds: readonly (readonly [object, number])[] = [
  [{}, 5],
  [{}, 0],
  [spec, 5],
  [info, 4],
  [{ ...spec, ...info }, 5],
  [{ ...spec, ...info }, 0],
];

const lastCells = [
  "import time; time.sleep(0.4)",
  "print('last')",
  "pass",
  "x = 1",
  "import time; time.sleep(0.05); 'shown'",
  "for i in range(200): print(i)",
];

const rounds = Number(process.env["SAVE_LOOPS"] ?? kinds.length);

describe("a save right after a run", function () {
  this.timeout(60_000 + rounds * 20_000);
  const { account } = notebooksOf("ana");

  /**
   * Runs all cells of a notebook and saves it the moment that VS Code says that the last has ended, without a word between. VS Code's
   * word of the save is not asked for: it says that it was none where it has noted the end of a cell while it wrote the file.
   */
  async function savedAfterRun(
    cells: readonly CellContent[],
    [metadata, minor]: (typeof kinds)[number],
  ): Promise<SavedNotebook & { readonly save: Save }> {
    const notebook = await openContent(cells, metadata, minor);
    await selectKernel({ account: account() });
    const last = notebook.cellAt(notebook.cellCount - 1);
    const saved = new Promise<Save>((resolve, reject) => {
      const listening = vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
        if (!cellChanges.some(({ cell, executionSummary }) => cell === last && executionSummary?.success !== undefined)) return;
        listening.dispose();
        save(notebook).then(resolve, reject);
      });
    });
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    const how = await saved;
    const content = await readSaved(notebook);
    // Fifty kernels are more than the server has room for.
    await vscode.commands.executeCommand("jupyterhubConnect.shutDownKernel", { confirmed: true });
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    return { ...content, save: how };
  }

  /** What is wrong in the rounds, of which none may be. */
  async function wrongIn(round: (index: number, kind: (typeof kinds)[number]) => Promise<string | undefined>): Promise<string[]> {
    const wrong: string[] = [];
    for (let index = 0; index < rounds; index++) {
      const found = await round(index, kinds[index % kinds.length] ?? [{}, 5]);
      if (found !== undefined) wrong.push(`round ${index}: ${found}`);
    }
    return wrong;
  }

  it(`has the numbers of all cells, in ${rounds} notebooks`, async () => {
    const wrong = await wrongIn(async (index, kind) => {
      const sources = ["print('first')", "y = 2", lastCells[(index + Math.floor(index / kinds.length)) % lastCells.length] ?? ""];
      const { cells, save: how } = await savedAfterRun(
        sources.map((source) => ({ source, ...(index % 2 === 1 && { count: 7 }) })),
        kind,
      );
      const numbers = cells.map(({ execution_count: count }) => count);
      return numbers.join() === "1,2,3" ? undefined : `${JSON.stringify(kind)} with ${sources[2]}: ${JSON.stringify(numbers)} ${how.why}`;
    });
    assert.deepEqual(wrong, []);
  });

  it(`has the last updates by display id of the cells before, in ${rounds} notebooks`, async () => {
    const wrong = await wrongIn(async (index, kind) => {
      const pause = index % 3 === 0 ? "" : "; time.sleep(0.03)";
      const sources = [
        "import time\nfrom IPython.display import display\na = display(0, display_id=True)",
        "print('between'); b = display(0, display_id=True)",
        "c, d = display(0, display_id=True), display(0, display_id=True)",
        ...(index % 2 === 0 ? [] : ["for n in range(1, 5):\n    for one in (a, b): one.update(n)"]),
        `for n in range(1, 9):\n    for one in (a, b, c, d): one.update(n)${pause}`,
        ...(index % 4 < 2 ? [] : [lastCells[index % lastCells.length] ?? ""]),
      ];
      const { cells, save: how } = await savedAfterRun(
        sources.map((source) => ({ source })),
        kind,
      );
      const shown = cells.slice(0, 3).flatMap(({ outputs = [] }) => outputs.flatMap(textOf));
      // Of a cell whose late output is shown VS Code takes the number away for a moment.
      const numbers = cells.map(({ execution_count: count }) => count);
      const isRight = shown.join() === "8,8,8,8" && numbers.every((number, at) => number === at + 1);
      return isRight ? undefined : `${JSON.stringify(kind)}: ${JSON.stringify([shown, numbers])} ${how.why}`;
    });
    assert.deepEqual(wrong, []);
  });
});

/** What a saved display shows as text. */
function textOf(output: unknown): string[] {
  const { data } = output as { readonly data?: Readonly<Record<string, string | readonly string[]>> };
  const text = data?.["text/plain"];
  return text === undefined ? [] : [typeof text === "string" ? text : text.join("")];
}
