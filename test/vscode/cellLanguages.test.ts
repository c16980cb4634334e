// Cells of several languages: what is run.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "../harness/processes/wait";
import { ended, notebooksOf, openContent, run, selectKernel, textOf, type CellContent } from "./support/notebook";

const python = { kernelspec: { display_name: "Python 3 (ipykernel)", language: "python", name: "python3" }, language_info: { name: "python" } };

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
    assert.deepEqual(texts.map((text) => /python|from bash|<b>html<\/b>|x\.json|sql|unknown|last|^$/.exec(text)?.[0]), ["python", "from bash", "<b>html</b>", "x.json", "sql", "unknown", "", "last"]);
    assert.deepEqual(notebook.getCells().map(({ executionSummary }) => executionSummary?.executionOrder), [1, 2, 3, 4, 5, 6, undefined, 7]);
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
});
