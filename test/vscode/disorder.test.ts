// What people do to a notebook while it runs, and what others do to its kernel: every cell ends, every output is in its place.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { notebookFile } from "../harness/sample/notebookContent";
import { waitFor } from "../harness/processes/wait";
import { testHub } from "../harness/vscode/inHost/testHub";
import {
  closed,
  counted,
  counter,
  dropped,
  ended,
  errorOf,
  openNotebook,
  openedByHand,
  run,
  selectKernel,
  textOf,
} from "./support/notebook";
import { notebooksOf } from "./support/users";

const user = "ana";

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

  it("keeps its kernel and variables when its file is renamed, and its session follows", async () => {
    const uri = await written(fresh(), "x = 41", "print(x + 1)");
    const notebook = await openedByHand(uri);
    await selectKernel({ account: account() });
    await run(notebook, 0).ended;
    await notebook.save();
    const name = `renamed-${randomUUID().slice(0, 4)}.ipynb`;
    const target = vscode.Uri.joinPath(uri, "..", name);
    await edit(new vscode.WorkspaceEdit(), (all) => all.renameFile(uri, target));
    // An editor is there before it has drawn its cells; VS Code drops what it is to run by then.
    const shown = (): vscode.NotebookDocument | undefined =>
      vscode.window.visibleNotebookEditors.find(
        ({ notebook: one, visibleRanges }) => visibleRanges.length > 0 && one.uri.toString() === target.toString(),
      )?.notebook;
    const renamed = await waitFor("the renamed notebook", shown, 20_000);
    await run(renamed, 1).ended;
    assert.equal(textOf(renamed, 1), "42\n");
    await waitFor("its session to follow", async () => (await sessions()).some((one) => one.name === name), 20_000);
  });

  describe("and cannot be renamed", () => {
    const settings = vscode.workspace.getConfiguration("jupyterhubConnect");
    const command = (name: string): Thenable<unknown> => vscode.commands.executeCommand(`jupyterhubConnect.${name}`, { confirmed: true });
    /** A notebook of `sources` in a directory of its own, as a person opens it, with the counter running. */
    const begunAlone = async (): Promise<vscode.NotebookDocument> => {
      const notebook = await openedByHand(await written(`${randomUUID().slice(0, 8)}/${fresh()}`, ...sources, asleep));
      await selectKernel({ account: account() });
      await run(notebook, 0).ended;
      void vscode.commands.executeCommand("notebook.cell.execute", { ranges: [{ start: 1, end: 3 }], document: notebook.uri });
      await run(notebook, 1).shows("line 1");
      return notebook;
    };
    /** Nothing can be put below a file. */
    const refused = async (from: vscode.Uri): Promise<void> => {
      const file = await written(fresh());
      const all = new vscode.WorkspaceEdit();
      all.renameFile(from, vscode.Uri.joinPath(file, "below.ipynb"));
      assert.equal(await vscode.workspace.applyEdit(all), false);
    };
    const whole = async (notebook: vscode.NotebookDocument): Promise<void> => {
      await waitFor("the counter to end", () => textOf(notebook, 1).endsWith("end\n"), 30_000);
      await ended(notebook, 2);
      assert.deepEqual([textOf(notebook, 1), textOf(notebook, 2)], [counted(20), "42"]);
    };
    const sources = ["x = 41", counter(20, 0.3), "x + 1"];
    const asleep = "import time; print('asleep', flush=True); time.sleep(600)";

    for (const [what, of] of [
      ["itself", (notebook: vscode.NotebookDocument) => notebook.uri],
      ["with its directory", (notebook: vscode.NotebookDocument) => vscode.Uri.joinPath(notebook.uri, "..")],
    ] as const) {
      it(`${what}: shows all, and its kernel is restarted, interrupted and shut down as ever`, async () => {
        const notebook = await begunAlone();
        const kernel = (await sessionOf(notebook)).kernel.id;
        await refused(of(notebook));
        await whole(notebook);
        assert.equal((await sessionOf(notebook)).kernel.id, kernel);
        await command("restartKernel");
        await run(notebook, 2).ended;
        assert.equal(errorOf(notebook, 2)?.name, "NameError");
        const long = run(notebook, 3);
        await long.shows("asleep");
        await command("interruptKernel");
        await long.ended;
        assert.equal(errorOf(notebook, 3)?.name, "KeyboardInterrupt");
        await settings.update("shutDownKernelOnClose", true, vscode.ConfigurationTarget.Global);
        try {
          await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
          await closed(notebook);
          await waitFor("the kernel to be shut down", async () => (await sessions()).every((one) => one.kernel.id !== kernel), 20_000);
        } finally {
          await settings.update("shutDownKernelOnClose", undefined, vscode.ConfigurationTarget.Global);
        }
      });
    }

    it("though nobody waits for the outcome: what is asked of it next is done", async () => {
      const notebook = await begunAlone();
      await refused(notebook.uri);
      const next = run(notebook, 3);
      await whole(notebook);
      await next.shows("asleep");
      await refused(notebook.uri);
      await command("interruptKernel");
      await ended(notebook, 3);
      assert.equal(errorOf(notebook, 3)?.name, "KeyboardInterrupt");
      await refused(notebook.uri);
      await command("restartKernel");
      await run(notebook, 2).ended;
      assert.equal(errorOf(notebook, 2)?.name, "NameError");
    });

    it("but then can: keeps its kernel and what runs", async () => {
      const notebook = await begunAlone();
      await refused(notebook.uri);
      const target = vscode.Uri.joinPath(notebook.uri, "../renamed.ipynb");
      await edit(new vscode.WorkspaceEdit(), (all) => all.renameFile(notebook.uri, target));
      const find = (): vscode.NotebookDocument | undefined =>
        vscode.window.visibleNotebookEditors.find((one) => one.notebook.uri.toString() === target.toString())?.notebook;
      const renamed = await waitFor("the renamed notebook", find, 20_000);
      await whole(renamed);
    });
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

describe("a kernel that others use as well", function () {
  this.timeout(120_000);
  const { account, opened } = notebooksOf(user);

  it("is restarted elsewhere: the running cell ends with the reason, the next one runs", async () => {
    const notebook = await opened(counter(600, 0.2), "print('again')");
    const running = run(notebook);
    await running.shows("line 1");
    await api("POST", `api/kernels/${await kernelOf(notebook)}/restart`);
    await running.ended;
    assert.match(errorOf(notebook)?.message ?? "", /restarted/);
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });

  it("is deleted elsewhere with its session: the running cell ends with the reason, the next one gets another kernel", async () => {
    const notebook = await opened(counter(600, 0.2), "print('again')");
    const running = run(notebook);
    await running.shows("line 1");
    const { id } = await sessionOf(notebook);
    await api("DELETE", `api/sessions/${id}`);
    await running.ended;
    assert.match(errorOf(notebook)?.message ?? "", /gone|shut down/);
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });

  it("serves two notebooks at once, each with its own output", async () => {
    const first = await opened(counter(5, 0.2), "x = 'shared'", "print(x)");
    await run(first, 1).ended;
    const kernel = await kernelOf(first);
    const second = await openNotebook("print('mine')\nprint(x)", "x = 'changed'");
    await attach(second, account(), kernel);
    const [one, other] = [run(first, 0), run(second, 0)];
    await Promise.all([one.ended, other.ended]);
    assert.deepEqual([textOf(first), textOf(second)], [counted(5), "mine\nshared\n"]);
    await run(second, 1).ended;
    await run(first, 2).ended;
    assert.equal(textOf(first, 2), "changed\n");
  });

  it("is interrupted from a notebook that runs nothing itself", async () => {
    const first = await opened("1", "import time; print('asleep', flush=True); time.sleep(600)");
    await run(first, 0).ended;
    const second = await openNotebook("2");
    await attach(second, account(), await kernelOf(first));
    await run(second).ended;
    const running = run(first, 1);
    await running.shows("asleep");
    await vscode.commands.executeCommand("jupyterhubConnect.interruptKernel", { notebook: second.uri.toString(), confirmed: true });
    await running.ended;
    assert.equal(errorOf(first, 1)?.name, "KeyboardInterrupt");
  });

  it("may send what is no message, or what belongs to nobody: the cell shows the rest", async () => {
    const notebook = await opened(
      [
        "k = get_ipython().kernel",
        "def send(kind, content, parent): k.session.send(k.iopub_socket, kind, content, parent=parent, ident=b'x')",
        "here = k.get_parent('shell')",
        "print('before', flush=True)",
        "send('stream', {'text': 1}, here)",
        "send('display_data', {'data': 'no bundle'}, here)",
        "send('of_unknown_type', {'a': 1}, here)",
        "send('stream', {'name': 'stdout', 'text': 'of nobody'}, {})",
        "send('stream', {'name': 'stdout', 'text': 'of another'}, {'header': {'msg_id': 'another'}, 'msg_id': 'another'})",
        "k.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'', b'{', b'{}', b'{}', b'{}'])",
        "print('after')",
      ].join("\n"),
      "print('next')",
    );
    await run(notebook).ended;
    assert.equal(textOf(notebook), "before\nafter\n");
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "next\n");
  });

  describe("says more", () => {
    /** Runs code, and then another cell. @returns the code's output */
    async function outputOf(code: string): Promise<string> {
      const notebook = await opened(code, "print('next')");
      await run(notebook).ended;
      assert.equal(notebook.cellAt(0).executionSummary?.success, true);
      await run(notebook, 1).ended;
      assert.equal(textOf(notebook, 1), "next\n");
      return textOf(notebook);
    }

    it("than its server passes on: the cell says so, with what to do, and ends", async () => {
      // With pauses, in which the server can take what ZeroMQ would drop.
      const text = await outputOf("import time\nfor i in range(6_000): print(i, flush=True); time.sleep(0.0002)");
      const said = text.replaceAll(/^\d+\n/gm, "");
      assert.match(said, /held output of this cell back.*1,000 messages a second.*whole lines/s);
      assert.doesNotMatch(said, /IOPub|gave out/);
    });

    it("than ZeroMQ takes: the numbers of its messages show that some were dropped, and the cell says so", async () => {
      // The kernel's own count goes on by what is never sent.
      const text = await outputOf("print('before', flush=True)\nget_ipython().kernel.session.message_count += 50\nprint('after')");
      assert.match(text, /^before\nafter\nThe kernel gave out more at once than its server took: some output of this cell is missing/);
    });
  });
});

function fresh(): string {
  return `${randomUUID().slice(0, 8)}.ipynb`;
}

async function edit(all: vscode.WorkspaceEdit, fill: (all: vscode.WorkspaceEdit) => void): Promise<void> {
  fill(all);
  assert.ok(await vscode.workspace.applyEdit(all));
}

/** A notebook file of this path in the workspace, with these cells. */
async function written(path: string, ...sources: string[]): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(folder);
  const uri = vscode.Uri.joinPath(folder, path);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(notebookFile(sources)));
  return uri;
}

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

/** Gives the notebook a kernel that runs already. */
async function attach(notebook: vscode.NotebookDocument, account: string, kernel: string): Promise<void> {
  const editor = await vscode.window.showNotebookDocument(notebook);
  const id = `${account}//kernels/${kernel}`; // of the default server, whose name is empty
  const selected = await vscode.commands.executeCommand("notebook.selectKernel", {
    notebookEditor: editor,
    id,
    extension: "jupyterhub-connect.jupyterhub-connect",
  });
  assert.ok(selected, "the kernel was not selected");
}

interface Session {
  readonly id: string;
  readonly name: string;
  readonly kernel: { readonly id: string };
}

async function sessions(): Promise<readonly Session[]> {
  return (await (await api("GET", "api/sessions")).json()) as Session[];
}

async function sessionOf(notebook: vscode.NotebookDocument): Promise<Session> {
  const name = notebook.uri.path.split("/").pop();
  const session = (await sessions()).find((one) => one.name === name);
  assert.ok(session, `no session of ${name}`);
  return session;
}

async function kernelOf(notebook: vscode.NotebookDocument): Promise<string> {
  return (await sessionOf(notebook)).kernel.id;
}

/** Asks the user's server itself. */
async function api(method: string, path: string): Promise<Response> {
  const hub = testHub();
  const url = new URL(path, await hub.startServer(user));
  const answer = await fetch(url, { method, headers: { Authorization: `token ${hub.user(user).token}` } });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return answer;
}
