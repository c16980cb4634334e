// What runs leave in the notebook's metadata: the numbers of cells, what the kernel is, ids; and what that costs in steps of undo.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { noteCreated, writeNumber } from "../../src/ui/notebook/output/cellNumber";
import { waitFor } from "../harness/processes/wait";
import { ended, openContent, readSaved, run, selectKernel, type CellContent } from "./support/notebook";
import { notebooksOf } from "./support/users";
import { resetSettings, setting } from "./support/settings";

const python = { kernelspec: { display_name: "Python 3 (ipykernel)", language: "python", name: "python3" } };

describe("the metadata of a notebook that was run", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");
  const opened = async (cells: readonly CellContent[], metadata: object = {}, minor = 5): Promise<vscode.NotebookDocument> => {
    const notebook = await openContent(cells, metadata, minor);
    await selectKernel({ account: account() });
    return notebook;
  };

  for (const [what, metadata, minor] of [
    ["", {}, 5],
    ["", {}, 0],
    [" and names its kernel only", python, 5],
    [" and names its language only", { language_info: { name: "python" } }, 4],
  ] as const) {
    it(`has the number of each cell as soon as VS Code says that the cell has ended; it is of format 4.${minor}${what}`, async () => {
      const notebook = await opened(
        [
          { source: "print('a')", count: 7 },
          { source: "import time; time.sleep(0.3)", count: 2 },
          { source: "1", count: 3 },
        ],
        metadata,
        minor,
      );
      const numbers: unknown[] = [];
      const listening = vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
        for (const { cell, executionSummary } of cellChanges) {
          if (cell.notebook === notebook && executionSummary?.success !== undefined)
            numbers.push([executionSummary.executionOrder, cell.metadata["execution_count"]]);
        }
      });
      try {
        await vscode.commands.executeCommand("notebook.execute", notebook.uri);
        await ended(notebook, 2);
        await run(notebook, 2).ended;
      } finally {
        listening.dispose();
      }
      assert.ok(numbers.length >= 4);
      for (const pair of numbers) assert.ok(Array.isArray(pair) && pair[0] === pair[1], JSON.stringify(numbers));
      await notebook.save();
      const saved = await readSaved(notebook);
      assert.deepEqual(
        saved.cells.map(({ execution_count: count }) => count),
        [1, 2, 4],
      );
      assert.deepEqual([saved.metadata.kernelspec?.name, saved.metadata.language_info?.name], ["python3", "python"]);
    });
  }

  it("has the number of a cell that shows nothing at its end, or whose text the kernel has replaced", async () => {
    const cleared = "from IPython.display import clear_output, display; display('gone'); clear_output()";
    const replaced = "get_ipython().set_next_input('# replaced', replace=True)";
    const notebook = await opened([cleared, replaced, cleared, replaced, cleared, replaced].map((source) => ({ source })));
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 5);
    await notebook.save();
    const saved = await readSaved(notebook);
    assert.deepEqual(
      saved.cells.map(({ execution_count: count }) => count),
      [1, 2, 3, 4, 5, 6],
    );
    assert.deepEqual([notebook.cellAt(0).outputs.length, notebook.cellAt(1).document.getText()], [0, "# replaced"]);
  });

  it("keeps the number of a cell that gets the same one again", async () => {
    const notebook = await opened([{ source: "'once'", count: 1 }]);
    await run(notebook, 0).ended;
    await notebook.save();
    assert.equal((await readSaved(notebook)).cells[0]?.execution_count, 1);
  });

  it("keeps the number of a cell though VS Code removes the old one late, after its end", async () => {
    const controller = vscode.notebooks.createNotebookController("late-removal", "jupyter-notebook", "Late Removal");
    try {
      const notebook = await opened([{ source: "1", count: 3 }], { language_info: { name: "python" } });
      await vscode.commands.executeCommand("notebook.selectKernel", {
        id: controller.id,
        extension: "jupyterhub-connect.jupyterhub-connect",
      });
      const cell = notebook.cellAt(0);
      const execution = controller.createNotebookCellExecution(cell);
      execution.executionOrder = 3;
      noteCreated(execution);
      execution.start(Date.now());
      await writeNumber(execution);
      execution.end(true, Date.now());
      const number = (): unknown => cell.metadata["execution_count"];
      await waitFor("VS Code to write the number", () => cell.executionSummary?.success === true && number() === 3, 20_000);
      // As of a run whose removal does not come while its end waits.
      noteCreated(execution);
      await writeNumber(execution);
      const edit = new vscode.WorkspaceEdit();
      edit.set(notebook.uri, [vscode.NotebookEdit.updateCellMetadata(0, { ...cell.metadata, execution_count: null })]);
      await vscode.workspace.applyEdit(edit);
      await waitFor("the number to be there again", () => number() === 3, 20_000);
    } finally {
      controller.dispose();
    }
  });

  it("gives cells ids where the format wants them, once one is run", async () => {
    const cells: CellContent[] = [
      { source: "1", id: null },
      { source: "# two", type: "markdown", id: null },
      { source: "3", id: "mine" },
      { source: "raw", type: "raw", id: null },
    ];
    const notebook = await opened(cells);
    assert.equal(notebook.isDirty, false);
    await run(notebook, 0).ended;
    await notebook.save();
    const ids = (await readSaved(notebook)).cells.map(({ id }) => id);
    assert.equal(ids[2], "mine");
    assert.ok(
      ids.every((id) => id !== undefined && /^[a-zA-Z0-9-_]{1,64}$/.test(id)),
      JSON.stringify(ids),
    );
    assert.equal(new Set(ids).size, 4);
    const older = await opened([{ source: "1" }], {}, 4);
    await run(older, 0).ended;
    await older.save();
    assert.ok(!("id" in ((await readSaved(older)).cells[0] ?? {})));
  });

  it("adds no more steps of undo than VS Code alone, and is saved after these, too", async () => {
    await setting("notebook.undoRedoPerCell", false);
    const alone = vscode.notebooks.createNotebookController("vs-code-alone", "jupyter-notebook", "VS Code alone");
    let order = 0;
    alone.supportsExecutionOrder = true;
    alone.executeHandler = (cells) => {
      for (const cell of cells) {
        const execution = alone.createNotebookCellExecution(cell);
        execution.executionOrder = ++order;
        execution.start(Date.now());
        execution.end(true, Date.now());
      }
    };
    try {
      const bare = await openContent([{ source: "" }, { source: "" }]);
      await vscode.commands.executeCommand("notebook.selectKernel", { id: alone.id, extension: "jupyterhub-connect.jupyterhub-connect" });
      const without = await stepsOfRun(bare);
      const ours = await opened([{ source: "" }, { source: "" }]);
      const steps = await stepsOfRun(ours);
      assert.ok(steps <= without, `${steps} steps, VS Code alone ${without}`);
      await ours.save();
      assert.equal((await readSaved(ours)).metadata.language_info?.name, "python");
      assert.equal((await readSaved(ours)).metadata.kernelspec?.name, "python3");
    } finally {
      alone.dispose();
      await resetSettings();
    }
  });

  /** Writes into two cells, runs both, and undoes until the second is as it was. */
  async function stepsOfRun(notebook: vscode.NotebookDocument): Promise<number> {
    for (const index of [0, 1]) {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(notebook.cellAt(index).document.uri, new vscode.Position(0, 0), `x = ${index}`);
      await vscode.workspace.applyEdit(edit);
    }
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 1);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand("notebook.cell.quitEdit");
    for (let steps = 1; steps <= 20; steps++) {
      await vscode.commands.executeCommand("undo");
      if (notebook.cellAt(1).document.getText() === "") return steps - 1;
    }
    throw new Error("The text was not undone.");
  }
});
