// Notebooks that are on a server: opened, run, saved and renamed there, as JupyterLab would.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { waitFor } from "../../harness/processes/wait";
import { closeNotebooks, counted, counter, ended, grows, run, textOf } from "../support/notebook";
import { signIn, signOut } from "../support/users";
import {
  assertSaved,
  documentOf,
  edit,
  notebookText,
  notebookWith,
  openOnServer,
  OtherClient,
  renamed,
  save,
} from "../support/serverNotebooks";

const waitMs = 30_000;
const kernelId = "import ipykernel; ipykernel.get_connection_file()";

describe("a notebook on a server", function () {
  this.timeout(120_000);

  for (const user of ["ana", "zoë müller"]) {
    describe(`of ${user}`, () => {
      let account: string;
      let other: OtherClient;
      let folder: string;
      const open = (path: string): Promise<vscode.NotebookDocument> => openOnServer(`${account}/`, path);
      const made = async (name: string, ...sources: readonly string[]): Promise<string> => {
        const path = `${folder}/${name}`;
        await other.write(path, notebookText(...sources));
        return path;
      };
      /** The session of a path, once there is one. */
      const sessionOf = (path: string) =>
        waitFor(`a session of ${path}`, async () => (await other.sessions()).find((one) => one.path === path), waitMs);

      before(async () => {
        account = await signIn(user);
        other = await OtherClient.of(user);
      });
      beforeEach(async () => {
        folder = `course ${randomUUID().slice(0, 8)} ä#%`;
        await other.makeDirectory(folder);
      });
      afterEach(closeNotebooks);
      after(() => signOut(account, user));

      it("runs in its own folder, in the session of its own path, and is saved as the format wants it", async () => {
        const path = await made(
          "50 % #1.ipynb",
          "import os; print(os.path.basename(os.getcwd()))",
          "from IPython.display import HTML; HTML('<b>bold</b>')",
        );
        const notebook = await open(path);
        assert.equal(notebook.isDirty, false);
        await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", { account });
        await run(notebook, 0).ended;
        await run(notebook, 1).ended;
        assert.equal(textOf(notebook), `${folder}\n`);
        const session = await sessionOf(path);
        assert.equal(session.name, "50 % #1.ipynb");
        await assertSaved(notebook);
        const kept = await other.notebook(path);
        assert.equal(kept.message, undefined, "valid");
        assert.deepEqual(
          kept.content.cells.map(({ metadata }) => metadata.trusted),
          [true, true],
          "JupyterLab shows the outputs as they are",
        );
        assert.match(await other.read(path), /<b>bold<\/b>/);
      });

      it("is attached to the kernel that runs for it, and stays unchanged by that", async () => {
        const path = await made("shared.ipynb", kernelId);
        const session = await other.startSession(path);
        const notebook = await open(path);
        await waitFor("its kernel to be connected", async () => (await sessionOf(path)).kernel.connections > 0, waitMs);
        assert.equal(notebook.isDirty, false);
        await run(notebook).ended;
        assert.ok(textOf(notebook).includes(session.kernel.id), textOf(notebook));
        assert.deepEqual(
          (await other.sessions()).filter((one) => one.path === path).map(({ id }) => id),
          [session.id],
        );
      });

      it("keeps its kernel, its variables and what runs when it is renamed", async () => {
        const path = await made("before.ipynb", "x = 41", counter(20, 0.3), "x + 1");
        const notebook = await open(path);
        await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", { account });
        await run(notebook, 0).ended;
        const session = await sessionOf(path);
        await run(notebook, 1).shows("line 2");
        const to = vscode.Uri.joinPath(notebook.uri, "..", "after.ipynb");
        assert.ok(await renamed(notebook.uri, to));
        const again = await waitFor("the renamed notebook", () => documentOf(to), waitMs);
        await ended(again, 1, 60_000);
        assert.equal(textOf(again, 1), counted(20));
        await run(again, 2).ended;
        assert.equal(textOf(again, 2), "42");
        const now = (await other.sessions()).filter(({ kernel }) => kernel.id === session.kernel.id);
        assert.deepEqual(
          now.map((one) => [one.id, one.path, one.name]),
          [[session.id, `${folder}/after.ipynb`, "after.ipynb"]],
        );
        await assertSaved(again);
        assert.deepEqual([await other.has(path), await other.has(`${folder}/after.ipynb`)], [false, true]);
      });

      it("keeps its kernel and what runs when a rename is refused, and at once", async () => {
        const path = await made("refused.ipynb", "x = 41", counter(20, 0.3), "x + 1");
        const notebook = await open(path);
        await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", { account });
        await run(notebook, 0).ended;
        const session = await sessionOf(path);
        await run(notebook, 1).shows("line 2");
        // No file system takes such a name. And below a file there is nothing: that VS Code itself refuses.
        for (const [name, within] of [
          [`${"n".repeat(300)}.ipynb`, 2_000],
          ["refused.ipynb/below.ipynb", 10_000],
        ] as const) {
          assert.equal(await renamed(notebook.uri, vscode.Uri.joinPath(notebook.uri, "..", name)), false);
          const began = Date.now();
          await grows(notebook, 1);
          assert.ok(Date.now() - began < within, `${Date.now() - began} ms`);
        }
        const next = run(notebook, 2);
        await next.ended;
        assert.deepEqual([textOf(notebook, 1), textOf(notebook, 2)], [counted(20), "42"]);
        assert.equal((await sessionOf(path)).kernel.id, session.kernel.id);
        await assertSaved(notebook);
      });

      it("follows what others do to it while it is unchanged here", async () => {
        const path = await made("followed.ipynb", "1");
        const notebook = await open(path);
        await other.write(path, notebookText("2", "more"));
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: "elsewhere" }));
        await vscode.window.showNotebookDocument(notebook);
        await waitFor("the other's change", () => documentOf(notebook.uri).cellCount === 2, waitMs);
        await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      });

      for (const [what, text] of [
        ["", "more = 3"],
        [" to the same size", "2"],
      ] as const) {
        it(`is not written over what others have changed meanwhile${what}`, async () => {
          const path = await made("contested.ipynb", "1");
          const notebook = await open(path);
          await edit(notebook, 0, "here");
          const theirs = notebookText(text);
          await other.write(path, theirs);
          assert.equal((await save(notebook)).done, false);
          assert.ok(notebook.isDirty);
          assert.equal(await other.read(path), theirs);
          await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
        });
      }

      it("is saved with more than 10 MB, and others read what was saved", async () => {
        // Pictures, as in notebooks that get so large; a single text of that size keeps VS Code itself busy for minutes.
        const path = `${folder}/large.ipynb`;
        const pictures = Array.from({ length: 12 }, () => randomBytes(900_000).toString("base64"));
        await other.write(path, notebookWith(pictures));
        const notebook = await open(path);
        await edit(notebook, 0, "changed here");
        await assertSaved(notebook);
        const kept = await other.read(path);
        assert.ok(kept.length > 10 * 1024 * 1024 && kept.includes("changed here"));
        assert.deepEqual(
          pictures.filter((picture) => !kept.includes(picture)),
          [],
        );
      });

      it("is made, listed, moved and deleted as files are", async () => {
        const path = await made("one.ipynb", "1");
        const { uri } = await open(path);
        const { fs } = vscode.workspace;
        const at = (name: string): vscode.Uri => vscode.Uri.joinPath(uri, "..", name);
        await fs.createDirectory(at("data"));
        await fs.writeFile(at("data/table ä.csv"), Buffer.from("a,b\n"));
        await fs.copy(at("data/table ä.csv"), at("data/copy.csv"));
        assert.deepEqual((await fs.readDirectory(at("data"))).sort(), [
          ["copy.csv", vscode.FileType.File],
          ["table ä.csv", vscode.FileType.File],
        ]);
        await assert.rejects(async () => fs.rename(at("data/copy.csv"), at("data/table ä.csv")), isError("FileExists"));
        await fs.rename(at("data/copy.csv"), at("moved.csv"));
        assert.equal(await other.read(`${folder}/moved.csv`), "a,b\n");
        await assert.rejects(async () => fs.delete(at("data")), /not empty/i);
        await fs.delete(at("data"), { recursive: true });
        assert.equal(await other.has(`${folder}/data`), false);
        await assert.rejects(async () => fs.readFile(at("gone")), isError("FileNotFound"));
        await assert.rejects(async () => fs.writeFile(at(".hidden"), Buffer.from("x")), isError("NoPermissions"));
        await assert.rejects(open(`${folder}/gone.ipynb`), /is not there/);
        await assert.rejects(open(folder), /is a directory/);
      });
    });
  }
});

function isError(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof vscode.FileSystemError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}
