// Cells and kernels of several languages: what is run, what new cells are, what becomes of a notebook whose kernel speaks another one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { waitFor } from "../harness/processes/wait";
import { closeNotebooks, contentOf, ended, openContent, readSaved, run, selectKernel, textOf, type CellContent } from "./support/notebook";
import { notebooksOf } from "./support/users";
import { openOnServer, OtherClient } from "./support/serverNotebooks";

const python = {
  kernelspec: { display_name: "Python 3 (ipykernel)", language: "python", name: "python3" },
  language_info: { name: "python" },
};

describe("cells in languages of their own", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");
  const opened = async (cells: readonly CellContent[], metadata: object = python): Promise<vscode.NotebookDocument> => {
    const notebook = await openContent(cells, metadata);
    await selectKernel({ account: account() });
    return notebook;
  };
  const labels = (notebook: vscode.NotebookDocument): string[] => notebook.getCells().map(({ document }) => document.languageId);

  it("run with all others, whatever they are labelled; raw cells are left alone", async () => {
    const notebook = await opened([
      { source: "print('python')" },
      { source: "%%bash\necho from bash", language: "shellscript" },
      { source: "%%html\n<b>html</b>", language: "html" },
      { source: "%%writefile x.json\n{}", language: "json" },
      { source: "print('sql')", language: "sql" },
      { source: "print('unknown')", language: "no-such-language" },
      { source: "print('raw')", type: "raw" },
      { source: "print('last')" },
    ]);
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 7);
    const texts = notebook.getCells().map((_, index) => textOf(notebook, index));
    assert.deepEqual(
      texts.map((text) => /python|from bash|<b>html<\/b>|x\.json|sql|unknown|last|^$/.exec(text)?.[0]),
      ["python", "from bash", "<b>html</b>", "x.json", "sql", "unknown", "", "last"],
    );
    assert.deepEqual(
      notebook.getCells().map(({ executionSummary }) => executionSummary?.executionOrder),
      [1, 2, 3, 4, 5, 6, undefined, 7],
    );
  });

  it("run when they are labelled only then, and alone", async () => {
    const notebook = await opened([{ source: "%%latex\n$x$" }, { source: "print('as R')" }]);
    await vscode.commands.executeCommand("notebook.cell.changeLanguage", { start: 0, end: 1 }, "latex");
    await vscode.commands.executeCommand("notebook.cell.changeLanguage", { start: 1, end: 2 }, "never-heard-of");
    await waitFor("the labels", () => labels(notebook).join() === "latex,never-heard-of", 10_000);
    await run(notebook, 0).ended;
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "as R\n");
  });

  it("are no model for new cells, which get the kernel's language", async () => {
    const notebook = await opened([
      { source: "%%html\n<i>i</i>", language: "html" },
      { source: "left alone", type: "raw" },
    ]);
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(0, 1)] });
    await vscode.commands.executeCommand("notebook.cell.insertCodeCellBelow");
    await waitFor("a new cell", () => labels(notebook).join() === "html,python,raw", 10_000);
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(2, 3)] });
    await vscode.commands.executeCommand("notebook.cell.insertCodeCellBelow");
    await waitFor("another one", () => labels(notebook).join() === "html,python,raw,python", 10_000);
    await notebook.save();
    assert.deepEqual(
      (await readSaved(notebook)).cells.map(({ cell_type, metadata }) => [cell_type, metadata]),
      [
        ["code", { vscode: { languageId: "html" } }],
        ["code", {}],
        ["raw", {}],
        ["code", {}],
      ],
    );
  });
});

describe("a kernel of another language", function () {
  this.timeout(120_000);
  const { account } = notebooksOf("ana");
  afterEach(closeNotebooks);
  const select = (kernel: string): Promise<void> => selectKernel({ account: account(), kernel });
  const labels = (notebook: vscode.NotebookDocument): string[] => notebook.getCells().map(({ document }) => document.languageId);
  const labelled = (notebook: vscode.NotebookDocument, ...wanted: string[]): Promise<unknown> =>
    waitFor(`labels ${wanted.join()}`, () => labels(notebook).join() === wanted.join(), 10_000);

  it("makes its language the notebook's, and cells of one of their own stay", async () => {
    const notebook = await openContent(
      [{ source: "echo one" }, { source: "echo '<b>two</b>'", language: "html" }, { source: "echo three" }],
      python,
    );
    await select("bash");
    await labelled(notebook, "shellscript", "html", "shellscript");
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 2);
    assert.deepEqual(
      [0, 1, 2].map((index) => textOf(notebook, index)),
      ["one\n", "<b>two</b>\n", "three\n"],
    );
    await notebook.save();
    const saved = await readSaved(notebook);
    assert.deepEqual([saved.metadata.kernelspec?.name, saved.metadata.language_info?.name], ["bash", "bash"]);
    assert.ok(!JSON.stringify(saved.cells).includes("python"), JSON.stringify(saved.cells));
  });

  it("is taken back by one undo, and by choosing the kernel before", async () => {
    const notebook = await openContent(
      [{ source: "echo one" }, { source: "%%bash\necho", language: "shellscript" }, { source: "2" }],
      python,
    );
    await select("python3");
    assert.equal(notebook.isDirty, false, "a kernel of its own language changes nothing");
    await select("bash");
    await labelled(notebook, "shellscript", "shellscript", "shellscript");
    await undo(notebook);
    await labelled(notebook, "python", "shellscript", "python");
    assert.deepEqual(notebook.metadata["metadata"], python);
    await vscode.commands.executeCommand("redo");
    await labelled(notebook, "shellscript", "shellscript", "shellscript");
    await select("python3");
    await labelled(notebook, "python", "shellscript", "python");
    await run(notebook, 2).ended;
    assert.equal(textOf(notebook, 2), "2");
    // The status bar and the commands know the kernel, too, though it was known before the other.
    await vscode.commands.executeCommand("jupyterhubConnect.restartKernel", { confirmed: true });
  });

  it("that nobody has chosen changes nothing before a cell is run", async () => {
    const other = await OtherClient.of("ana");
    const path = `r ${randomUUID().slice(0, 8)}.ipynb`;
    const r = { kernelspec: { display_name: "R", language: "R", name: "no-such-kernel" }, language_info: { name: "R" } };
    await other.write(path, Buffer.from(contentOf([{ source: "1 + 1" }], r)).toString());
    const notebook = await openOnServer(`${account()}/`, path);
    // The command is refused before the notebook has a kernel, and starts it then.
    const started = (): Promise<boolean> =>
      Promise.resolve(vscode.commands.executeCommand("jupyterhubConnect.restartKernel", { confirmed: true })).then(
        () => true,
        () => false,
      );
    await waitFor("the server's own kernel", started, 30_000);
    assert.deepEqual([notebook.isDirty, labels(notebook), notebook.metadata["metadata"]], [false, ["r"], r]);
    await run(notebook, 0).ended;
    await labelled(notebook, "python");
    await notebook.save();
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
    await other.remove(path);
  });

  it("does the same in a new notebook", async () => {
    await vscode.commands.executeCommand("ipynb.newUntitledIpynb");
    const notebook = await waitFor("the new notebook", () => vscode.window.activeNotebookEditor?.notebook, 10_000);
    await select("bash");
    await labelled(notebook, "shellscript");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(0).document.uri, new vscode.Position(0, 0), "echo new");
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand("notebook.cell.insertCodeCellBelow");
    await labelled(notebook, "shellscript", "shellscript");
    await run(notebook, 0).ended;
    assert.equal(textOf(notebook, 0), "new\n");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});

/** Undoes in the notebook itself, not in the text of a cell. */
async function undo(notebook: vscode.NotebookDocument): Promise<void> {
  await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand("notebook.cell.quitEdit");
  await vscode.commands.executeCommand("undo");
}
