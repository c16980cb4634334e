// Running cells on a real kernel: outputs, order, times, errors, interrupt.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, ended, errorOf, mimesOf, openNotebook, run, selectKernel, shows, showsNothing, textOf } from "./support/notebook";
import { signIn, signOut } from "./support/users";

describe("running a notebook", () => {
  let account: string;

  before(async function () {
    this.timeout(120_000);
    account = await signIn();
    await testHub().startServer("ana");
  });
  afterEach(closeNotebooks);
  after(() => signOut(account));

  it("merges a stream into one output, and keeps stdout and stderr apart", async () => {
    const notebook = await openNotebook(
      "import sys\nfor i in range(5):\n    print(i, flush=True)\nprint('bad', file=sys.stderr, flush=True)\nprint('good')",
    );
    await selectKernel({ account });
    await run(notebook).ended;
    assert.deepEqual(mimesOf(notebook), [
      ["application/vnd.code.notebook.stdout"],
      ["application/vnd.code.notebook.stderr"],
      ["application/vnd.code.notebook.stdout"],
    ]);
    assert.equal(textOf(notebook), "0\n1\n2\n3\n4\nbad\ngood\n");
  });

  it("keeps execution order, success and times", async () => {
    const before = Date.now();
    const notebook = await openNotebook("import time; time.sleep(0.2); 'done'");
    await selectKernel({ account });
    await run(notebook).ended;
    const { success, executionOrder, timing } = notebook.cellAt(0).executionSummary ?? {};
    assert.equal(success, true);
    assert.equal(executionOrder, 1);
    assert.ok(timing && timing.startTime > before && timing.endTime > timing.startTime, JSON.stringify(timing));
    assert.equal(textOf(notebook), "'done'");
  });

  it("shows a figure and a table in all their representations", async () => {
    const notebook = await openNotebook(
      "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
      "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    );
    await selectKernel({ account });
    await run(notebook, 0).ended;
    await run(notebook, 1).ended;
    const [figure] = notebook.cellAt(0).outputs;
    const image = figure?.items.find(({ mime }) => mime === "image/png");
    assert.deepEqual([...(image?.data ?? []).slice(0, 4)], [0x89, 0x50, 0x4e, 0x47], "PNG bytes");
    assert.deepEqual(mimesOf(notebook, 1), [["text/html", "text/plain"]]);
    assert.match(textOf(notebook, 1), /<table/);
  });

  it("restarts the kernel: variables are gone, a running cell ends with the reason", async () => {
    const notebook = await openNotebook("x = 1\nimport time\nprint('started', flush=True)\ntime.sleep(600)", "x");
    await selectKernel({ account });
    const running = run(notebook);
    await running.shows("started");
    await vscode.commands.executeCommand("jupyterhubConnect.restartKernel", { confirmed: true });
    await running.ended;
    assert.match(errorOf(notebook)?.message ?? "", /kernel was restarted/);
    await run(notebook, 1).ended;
    assert.equal(errorOf(notebook, 1)?.name, "NameError");
    assert.equal(notebook.cellAt(1).executionSummary?.executionOrder, 1);
  });

  it("shuts the kernel down, and starts another one with the next cell", async () => {
    const notebook = await openNotebook("x = 1", "x");
    await selectKernel({ account });
    await run(notebook).ended;
    await vscode.commands.executeCommand("jupyterhubConnect.shutDownKernel", { confirmed: true });
    await run(notebook, 1).ended;
    assert.equal(errorOf(notebook, 1)?.name, "NameError");
  });

  it("shows an error with its traceback and leaves the cells behind it alone", async () => {
    const notebook = await openNotebook("1/0", "print('never')");
    await selectKernel({ account });
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 0);
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.equal(errorOf(notebook)?.name, "ZeroDivisionError");
    assert.match(textOf(notebook), /division by zero/);
    assert.equal(textOf(notebook, 1), "");
  });

  it("clears a cell without code when it is run, and sends nothing", async () => {
    const notebook = await openNotebook("print('shown')", "1");
    await selectKernel({ account });
    await run(notebook).ended;
    const { document } = notebook.cellAt(0);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), " \n");
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand("notebook.execute", notebook.uri);
    await ended(notebook, 1);
    await showsNothing(notebook, 0);
    assert.equal(notebook.cellAt(0).executionSummary?.executionOrder, undefined);
    assert.equal(notebook.cellAt(1).executionSummary?.executionOrder, 2);
  });

  it("shows Unicode as it is", async () => {
    const notebook = await openNotebook("print('Zoë Müller · 東京 · 🪐')");
    await selectKernel({ account });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "Zoë Müller · 東京 · 🪐\n");
  });

  it("interrupts a running cell and keeps what it had printed", async () => {
    const notebook = await openNotebook("import time\nprint('started', flush=True)\ntime.sleep(600)", "print('next')");
    await selectKernel({ account });
    const running = run(notebook);
    await running.shows("started");
    await vscode.commands.executeCommand("notebook.cancelExecution", { ranges: [{ start: 0, end: 1 }], document: notebook.uri });
    await running.ended;
    assert.equal(errorOf(notebook)?.name, "KeyboardInterrupt");
    assert.match(textOf(notebook), /^started\n/);
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "next\n");
  });

  it("marks a cell that runs when the notebook is given another kernel, and keeps what it had printed", async () => {
    const notebook = await openNotebook("import time\nprint('started', flush=True)\ntime.sleep(5)", "print('next')");
    await selectKernel({ account });
    const running = run(notebook);
    await running.shows("started");
    await selectKernel({ account, kernel: "bash" });
    await running.shows("given another kernel while this was running");
    assert.equal(errorOf(notebook)?.name, "Disconnected");
    assert.match(textOf(notebook), /^started\n/);
    await selectKernel({ account, kernel: "python3" });
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "next\n");
  });

  it("updates an output by its display id from a later cell", async () => {
    const notebook = await openNotebook(
      "from IPython.display import display, update_display\ndisplay('before', display_id='shown')\nNone",
      "update_display('after', display_id='shown')",
    );
    await selectKernel({ account });
    await run(notebook, 0).ended;
    assert.equal(textOf(notebook, 0), "'before'");
    await run(notebook, 1).ended;
    await shows(notebook, 0, "'after'");
  });

  it("writes the kernel into the notebook, which is then saved as the format wants it", async () => {
    const notebook = await openNotebook("1 + 1");
    assert.equal(notebook.isDirty, false);
    await selectKernel({ account });
    assert.equal(notebook.isDirty, false, "selecting a kernel must not change the notebook");
    await run(notebook).ended;
    await notebook.save();
    const saved = JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(notebook.uri)).toString("utf8")) as {
      metadata: { kernelspec?: { name: string }; language_info?: { name: string } };
      cells: { id: string; execution_count: number; outputs: unknown[] }[];
    };
    assert.equal(saved.metadata.kernelspec?.name, "python3");
    assert.equal(saved.metadata.language_info?.name, "python");
    const [cell] = saved.cells;
    assert.equal(cell?.id, "cell-0");
    assert.deepEqual(cell.outputs, [{ data: { "text/plain": ["2"] }, execution_count: 1, metadata: {}, output_type: "execute_result" }]);
  });

  it("starts one session on the server for a notebook, under its name", async () => {
    const notebook = await openNotebook("1");
    await selectKernel({ account });
    await run(notebook).ended;
    const hub = testHub();
    const url = await hub.startServer("ana");
    const answer = await fetch(new URL("api/sessions", url), { headers: { Authorization: `token ${hub.user("ana").token}` } });
    const sessions = (await answer.json()) as { name: string }[];
    const name = notebook.uri.path.split("/").pop();
    assert.equal(sessions.filter((session) => session.name === name).length, 1);
  });
});
