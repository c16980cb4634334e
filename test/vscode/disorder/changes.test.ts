// What people do to a notebook while it runs: every cell ends, every output is in its place.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { waitFor } from "../../harness/processes/wait";
import { closed, counted, counter, dropped, ended, errorOf, openedByHand, run, selectKernel, textOf } from "../support/notebook";
import { notebooksOf } from "../support/users";
import { api, edit, fresh, kernelOf, sessions, user, written } from "../support/disorder";

describe("a notebook that is changed while it runs", function () {
  this.timeout(120_000);
  const { account, opened } = notebooksOf(user);
  /** Runs these cells together. */
  const runAll = (notebook: vscode.NotebookDocument): Thenable<unknown> => vscode.commands.executeCommand("notebook.execute", notebook.uri);

  it("runs what stood there when it was started, whatever is written meanwhile", async () => {
    const notebook = await opened(counter(6, 0.2), "print('as it was')");
    void runAll(notebook);
    await run(notebook, 0).shows("line 1");
    await edit(new vscode.WorkspaceEdit(), (all) => {
      for (const cell of notebook.getCells()) all.insert(cell.document.uri, new vscode.Position(0, 0), "print('too late')\n");
    });
    await ended(notebook, 1);
    assert.deepEqual([textOf(notebook, 0), textOf(notebook, 1)], [counted(6), "as it was\n"]);
  });

  it("shows the output in the cell that was moved", async () => {
    const notebook = await opened(counter(8, 0.2), "'unmoved'");
    await run(notebook, 0).shows("line 1");
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(0, 1)] });
    await vscode.commands.executeCommand("notebook.cell.moveDown");
    assert.match(notebook.cellAt(1).document.getText(), /^import time/);
    await ended(notebook, 1);
    assert.deepEqual([textOf(notebook, 0), textOf(notebook, 1)], ["", counted(8)]);
  });

  it("shows the output in the first part of a cell that was split", async () => {
    const notebook = await opened(counter(8, 0.2));
    await run(notebook, 0).shows("line 1");
    const editor = await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(0, 1)] });
    assert.equal(editor.notebook, notebook);
    await vscode.commands.executeCommand("notebook.cell.edit");
    await vscode.commands.executeCommand("cursorTop");
    await vscode.commands.executeCommand("cursorDown");
    await vscode.commands.executeCommand("notebook.cell.split");
    assert.equal(notebook.cellCount, 2);
    await ended(notebook, 0);
    assert.equal(textOf(notebook, 0), counted(8));
  });

  it("stops where the running cell is deleted, and can be run again", async () => {
    const notebook = await opened(counter(600, 0.2), "print('after it')");
    const behind = notebook.cellAt(1);
    void runAll(notebook);
    await run(notebook, 0).shows("line 4"); // and the kernel has been given the other one
    const kernel = await kernelOf(notebook);
    await deleteCell(notebook, 0);
    await waitFor(
      "the kernel to be idle",
      async () => ((await (await api("GET", `api/kernels/${kernel}`)).json()) as { execution_state: string }).execution_state === "idle",
      20_000,
    );
    // The kernel is idle before it drops that, too; and to VS Code a cell that waits is not run again.
    await dropped(behind);
    assert.equal(textOf(notebook, 0), "");
    await run(notebook, 0).ended;
    assert.equal(textOf(notebook, 0), "after it\n");
  });

  it("goes on where a cell that waits is deleted or stopped, without it", async () => {
    const notebook = await opened(
      "import time; time.sleep(1.5)",
      "print('deleted')",
      "print('stopped')",
      "print('last')",
      "print('very last')",
    );
    // What waits stays here, so that it can be taken back.
    const settings = vscode.workspace.getConfiguration("jupyterhubConnect");
    await settings.update("runQueue", "window", vscode.ConfigurationTarget.Global);
    try {
      await run(notebook, 4).ended;
      void runAll(notebook);
      await begun(notebook, 0);
      await deleteCell(notebook, 1);
      await stop(notebook, 1);
      await ended(notebook, 2);
      assert.deepEqual([textOf(notebook, 1), textOf(notebook, 2)], ["", "last\n"]);
      assert.equal(notebook.cellAt(1).executionSummary?.success, undefined);
    } finally {
      await settings.update("runQueue", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("runs a cell that is stopped too late, and ends all where it is the running one that is stopped", async () => {
    const notebook = await opened("import time; time.sleep(2)", "time.sleep(600)", "print('never')");
    void runAll(notebook);
    await begun(notebook, 0);
    // By then the kernel has them all.
    await begun(notebook, 1);
    await stop(notebook, 2);
    assert.equal(notebook.cellAt(1).executionSummary?.success, undefined);
    await stop(notebook, 1);
    await ended(notebook, 1);
    assert.deepEqual([errorOf(notebook, 1)?.name, textOf(notebook, 2)], ["KeyboardInterrupt", ""]);
    await run(notebook, 0).ended;
  });

  it("is taken up where it was closed and is opened again", async () => {
    const uri = await written(fresh(), counter(10, 0.3), "print('behind it')");
    const first = await openedByHand(uri);
    await selectKernel({ account: account() });
    void runAll(first);
    await run(first, 0).shows("line 1");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await closed(first);
    const again = await openedByHand(uri);
    await ended(again, 0);
    await ended(again, 1);
    assert.deepEqual([textOf(again, 0), textOf(again, 1)], [counted(10), "behind it\n"]);
  });

  it("leaves its kernel on the server when it is closed, or has it shut down where the setting says so", async () => {
    const settings = vscode.workspace.getConfiguration("jupyterhubConnect");
    const close = async (): Promise<string> => {
      const notebook = await openedByHand(await written(fresh(), "1"));
      await selectKernel({ account: account() });
      await run(notebook).ended;
      const kernel = await kernelOf(notebook);
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      await closed(notebook);
      return kernel;
    };
    const isThere = async (id: string): Promise<boolean> => (await sessions()).some(({ kernel }) => kernel.id === id);
    const kept = await close();
    await settings.update("shutDownKernelOnClose", true, vscode.ConfigurationTarget.Global);
    try {
      const ended = await close();
      await waitFor("the kernel to be shut down", async () => !(await isThere(ended)), 20_000);
      assert.ok(await isThere(kept));
    } finally {
      await settings.update("shutDownKernelOnClose", undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it("runs with metadata that make no sense, and keeps them", async () => {
    const uri = await written(fresh());
    const cell = {
      cell_type: "code",
      id: "a",
      metadata: { tags: "no list", mine: [1] },
      execution_count: null,
      outputs: [],
      source: "print(1)",
    };
    const content = {
      cells: [cell],
      metadata: { kernelspec: "python", language_info: { name: "python", version: 7 }, mine: { a: null } },
      nbformat: 4,
      nbformat_minor: 5,
    };
    await vscode.workspace.fs.writeFile(uri, Buffer.from(JSON.stringify(content)));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await selectKernel({ account: account() });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "1\n");
    await notebook.save();
    const saved = JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString()) as {
      metadata: Record<string, unknown>;
      cells: { metadata: unknown }[];
    };
    assert.deepEqual([saved.metadata["mine"], saved.cells[0]?.metadata], [{ a: null }, cell.metadata]);
    assert.equal((saved.metadata["kernelspec"] as { name?: string }).name, "python3");
  });

  it("goes on behind a cell that is tagged as failing, and behind any where the setting says so", async () => {
    const notebook = await opened("1 / 0", "print('second')");
    await edit(new vscode.WorkspaceEdit(), (all) =>
      all.set(notebook.uri, [
        vscode.NotebookEdit.updateCellMetadata(0, { ...notebook.cellAt(0).metadata, metadata: { tags: ["raises-exception"] } }),
      ]),
    );
    await runAll(notebook);
    await ended(notebook, 1);
    assert.deepEqual([errorOf(notebook, 0)?.name, textOf(notebook, 1)], ["ZeroDivisionError", "second\n"]);

    const plain = await opened("1 / 0", "print('second')");
    const settings = vscode.workspace.getConfiguration("jupyterhubConnect");
    await settings.update("stopOnError", false, vscode.ConfigurationTarget.Global);
    try {
      await runAll(plain);
      await ended(plain, 1);
      assert.equal(textOf(plain, 1), "second\n");
    } finally {
      await settings.update("stopOnError", undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

function deleteCell(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  return edit(new vscode.WorkspaceEdit(), (all) =>
    all.set(notebook.uri, [vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(index, index + 1))]),
  );
}

/** Presses a cell's stop button. */
async function stop(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  await vscode.commands.executeCommand("notebook.cell.cancelExecution", {
    ranges: [{ start: index, end: index + 1 }],
    document: notebook.uri,
  });
}

/** Resolves when the kernel has begun with a cell. */
async function begun(notebook: vscode.NotebookDocument, index: number): Promise<void> {
  await waitFor(`cell ${index} to run`, () => notebook.cellAt(index).executionSummary?.executionOrder !== undefined, 20_000);
}
