// What can be done to a kernel beside running cells on it: restarting with a run, reconnecting, and interrupts that do not help.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { withTimeout } from "../../src/base/async";
import { counted, counter, ended, errorOf, run, textOf } from "./support/notebook";
import { proxiedNotebooks } from "./support/users";

describe("a notebook's kernel", function () {
  this.timeout(120_000);
  const user = "alice@example.org";
  const { proxy, opened } = proxiedNotebooks(user);
  const command = (name: string): Thenable<unknown> => vscode.commands.executeCommand(`jupyterhubConnect.${name}`, { confirmed: true });
  const orders = (notebook: vscode.NotebookDocument): unknown[] => notebook.getCells().map((cell) => cell.executionSummary?.executionOrder);
  /** Resolves when all cells up to this one have ended after `before`. */
  const endedAfter = async (notebook: vscode.NotebookDocument, index: number, before: number): Promise<void> => {
    const isOver = (): boolean => (notebook.cellAt(index).executionSummary?.timing?.endTime ?? 0) > before;
    const over = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!isOver()) return;
        subscription.dispose();
        resolve();
      };
      const subscription = vscode.workspace.onDidChangeNotebookDocument(look);
      look();
    });
    await withTimeout(over, 30_000, `Cell ${index} was not run again.`);
  };

  it("is restarted, and all cells are run on it, the one that was running too", async () => {
    const notebook = await opened(
      "x = globals().get('x', 0) + 1\nx",
      "import time\nfirst = 'y' not in globals()\ny = 1\nif x == 2:\n    print('stuck', flush=True)\n    time.sleep(600)\nx",
    );
    await run(notebook, 0).ended;
    await run(notebook, 0).ended;
    assert.equal(textOf(notebook, 0), "2");
    const stuck = run(notebook, 1);
    await stuck.shows("stuck");
    const before = Date.now();
    await command("restartAndRunAll");
    await endedAfter(notebook, 1, before);
    await ended(notebook, 1);
    assert.deepEqual([textOf(notebook, 0), textOf(notebook, 1)], ["1", "1"]);
    assert.deepEqual(orders(notebook), [1, 2]);
  });

  it("is restarted, and the cells up to the selected one are run on it", async () => {
    const notebook = await opened("a = 1", "a += 1", "a", "print('not this one')");
    await run(notebook, 3).ended;
    await run(notebook, 0).ended;
    const editor = vscode.window.activeNotebookEditor;
    assert.ok(editor?.notebook === notebook);
    editor.selection = new vscode.NotebookRange(2, 3);
    const before = Date.now();
    await command("restartAndRunUpTo");
    await endedAfter(notebook, 2, before);
    assert.equal(textOf(notebook, 2), "2");
    assert.deepEqual(orders(notebook), [1, 2, 3, 1]);
    assert.ok((notebook.cellAt(3).executionSummary?.timing?.endTime ?? 0) < before, "the cell below was not run");
  });

  it("is started by a restart where there is none", async () => {
    const notebook = await opened("'run'");
    await command("restartAndRunAll");
    await ended(notebook, 0, 60_000);
    assert.deepEqual([textOf(notebook), orders(notebook)], ["'run'", [1]]);
  });

  it("is connected anew on request, and nothing is lost by that", async () => {
    const notebook = await opened(counter(8, 0.3));
    const running = run(notebook);
    await running.shows("line 1");
    const { accepted } = proxy();
    await command("reconnectKernel");
    assert.ok(proxy().accepted > accepted, "there is another connection");
    await running.ended;
    assert.equal(textOf(notebook), counted(8));
  });

  it("is connected at once on request, though the next attempt is not due", async () => {
    const notebook = await opened("import time\nprint('begun', flush=True)\ntime.sleep(9)\nprint('end')");
    const running = run(notebook);
    await running.shows("begun");
    proxy().refuse();
    proxy().cut();
    await assert.rejects(async () => command("reconnectKernel"), /could not be reached yet/);
    await proxy().restore();
    await command("reconnectKernel");
    await running.ended;
    assert.match(textOf(notebook), /^begun\nend\n/);
  });

  it("says so where there is none to connect to", async () => {
    await opened("1");
    await assert.rejects(async () => command("reconnectKernel"), /no running kernel/);
  });

  it("goes on with a cell that holds the interrupt off; a restart ends it", async () => {
    const notebook = await opened(
      "import time\nprint('begun', flush=True)\nwhile True:\n    try:\n        time.sleep(1)\n    except KeyboardInterrupt:\n        print('held off', flush=True)",
    );
    const running = run(notebook);
    await running.shows("begun");
    await vscode.commands.executeCommand("jupyterhubConnect.interruptKernel", { notebook: notebook.uri.toString(), confirmed: true });
    await running.shows("held off");
    await command("restartKernel");
    await running.ended;
    assert.match(errorOf(notebook)?.message ?? "", /restarted/);
  });

  it("does not keep an interrupt waiting that is never answered", async () => {
    const notebook = await opened("import time\nprint('begun', flush=True)\ntime.sleep(600)");
    const running = run(notebook);
    await running.shows("begun");
    proxy().stall();
    const interrupt = vscode.commands.executeCommand("jupyterhubConnect.interruptKernel", {
      notebook: notebook.uri.toString(),
      confirmed: true,
    });
    await withTimeout(Promise.resolve(interrupt), 10_000, "The interrupt is still awaited.");
    await proxy().restore();
    await running.ended;
    assert.equal(errorOf(notebook)?.name, "KeyboardInterrupt");
  });
});
