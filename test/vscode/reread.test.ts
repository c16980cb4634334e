// Notebooks that are read again while or after their cells run: every output is in the cell that it is of.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "../harness/processes/wait";
import {
  closed,
  contentOf,
  counted,
  counter,
  ended,
  openedByHand,
  run,
  selectKernel,
  shows,
  textOf,
  writtenContent,
  type CellContent,
} from "./support/notebook";
import { notebooksOf } from "./support/users";

const sleeping = "import time; time.sleep(3); print('through')";
const next = "n = globals().get('n', 0) + 1; print('next', n)";

describe("a notebook whose file is changed while it runs", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");
  const texts = (notebook: vscode.NotebookDocument): string[] => notebook.getCells().map((_, index) => textOf(notebook, index));
  /** Runs all cells, and resolves once the first of them runs and all that is shown is saved: else VS Code does not read the file again. */
  async function running(notebook: vscode.NotebookDocument, order: number, text = ""): Promise<void> {
    void vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await waitFor(
      "the first cell to run",
      () => notebook.cellAt(0).executionSummary?.executionOrder === order && textOf(notebook) === text,
      20_000,
    );
    assert.ok(await notebook.save());
    assert.ok(!notebook.isDirty);
  }
  async function opened(cells: readonly CellContent[], minor: number): Promise<vscode.NotebookDocument> {
    const notebook = await openedByHand(await writtenContent(cells, {}, minor));
    await selectKernel({ account: account() });
    return notebook;
  }
  async function write(notebook: vscode.NotebookDocument, content: Uint8Array): Promise<void> {
    const cells = notebook.getCells();
    await vscode.workspace.fs.writeFile(notebook.uri, content);
    await waitFor("the file to be read", () => notebook.getCells().some((cell) => !cells.includes(cell)), 20_000);
  }

  for (const minor of [5, 4]) {
    it(`shows what waited in the cell of the same ${minor === 5 ? "id" : "place"} where the file was only touched`, async () => {
      const notebook = await opened([{ source: sleeping }, { source: next }, { source: next }], minor);
      await vscode.commands.executeCommand("notebook.execute", notebook.uri);
      await ended(notebook, 2);
      await notebook.save();
      await running(notebook, 4);
      await write(notebook, await vscode.workspace.fs.readFile(notebook.uri));
      await waitFor(
        "all to have run again",
        () => notebook.cellAt(2).executionSummary?.success === true && textOf(notebook, 2) === "next 4\n",
        20_000,
      );
      assert.deepEqual(texts(notebook), ["through\n", "next 3\n", "next 4\n"]);
      assert.deepEqual(
        notebook.getCells().map(({ executionSummary }) => executionSummary?.executionOrder),
        [4, 5, 6],
      );
      await run(notebook, 1).ended;
      assert.equal(textOf(notebook, 1), "next 5\n");
    });
  }

  it("shows it where cells were added before, and goes on in the middle of a stream", async () => {
    const stream: CellContent = { source: `print("begun", flush=True)\nimport time; time.sleep(4)\n${counter(30, 0.05)}`, id: "stream" };
    const waiting: CellContent = { source: next, id: "waiting" };
    const notebook = await opened([stream, waiting], 5);
    await running(notebook, 1, "begun\n");
    await write(notebook, contentOf([{ source: "'added'", id: "added" }, waiting, stream]));
    await ended(notebook, 1);
    await ended(notebook, 2);
    assert.deepEqual(texts(notebook), ["", "next 1\n", `begun\n${counted(30)}`]);
  });
});

describe("a notebook of which several cells have one id", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");

  it("shows what was taken up in the cell that was run", async () => {
    const uri = await writtenContent([
      { source: "print('first')", id: "same" },
      { source: counter(15, 0.2), id: "same" },
      { source: counter(15, 0.2), id: "same" },
    ]);
    const first = await openedByHand(uri);
    await selectKernel({ account: account() });
    void vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 2, end: 3 }], document: uri });
    await shows(first, 2, "line 2");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await closed(first);
    const again = await openedByHand(uri);
    await ended(again, 2);
    assert.deepEqual(
      [0, 1, 2].map((index) => textOf(again, index)),
      ["", "", counted(15)],
    );
  });
});
