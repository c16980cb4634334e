// Notebooks whose file is renamed while they run, or cannot be: they keep their kernel and what runs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { waitFor } from "../../harness/processes/wait";
import { closed, counted, counter, ended, errorOf, openedByHand, run, selectKernel, textOf } from "../support/notebook";
import { notebooksOf } from "../support/users";
import { edit, fresh, sessionOf, sessions, user, written } from "../support/disorder";

describe("a notebook that is changed while it runs", function () {
  this.timeout(120_000);
  const { account } = notebooksOf(user);

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
});
