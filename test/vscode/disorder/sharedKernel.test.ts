// What others do to the kernel of a notebook, and what a kernel sends that it should not: every cell ends, with the reason.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { counted, counter, errorOf, openNotebook, run, textOf } from "../support/notebook";
import { notebooksOf } from "../support/users";
import { api, kernelOf, sessionOf, user } from "../support/disorder";

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
