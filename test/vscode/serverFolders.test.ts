// A folder of this computer that is on the server too: kernels of its notebooks work there, and find its files.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import path from "node:path";
import * as vscode from "vscode";
import { run, textOf } from "./support/notebook";
import { notebooksOf } from "./support/users";
import { OtherClient } from "./support/serverNotebooks";
import { setting } from "./support/settings";

const user = "zoë müller";

describe("a folder that is on the server too", function () {
  this.timeout(120_000);
  const { opened } = notebooksOf(user);
  afterEach(() => setting("jupyterhubConnect.serverFolders", undefined));

  const setFolder = (folder: string): Thenable<unknown> =>
    vscode.commands.executeCommand("jupyterhubConnect.setServerFolder", { folder, confirmed: true });

  it("is where the kernel of a notebook in it works, in the session of the file's place there", async () => {
    const other = await OtherClient.of(user);
    const folder = `course ${randomUUID().slice(0, 8)} ä#%`;
    await other.makeDirectory(folder);
    await other.write(`${folder}/data.txt`, "of the server");
    const notebook = await opened("print(open('data.txt').read())");
    await run(notebook).ended;
    assert.notEqual(notebook.cellAt(0).executionSummary?.success, true, "the file is not found elsewhere");
    await setFolder(`/${folder}/`);
    await run(notebook).ended;
    assert.equal(textOf(notebook), "of the server\n");
    const session = (await other.sessions()).find((one) => one.path === `${folder}/${path.posix.basename(notebook.uri.path)}`);
    assert.ok(session, JSON.stringify(await other.sessions()));
  });

  it("must be there", async () => {
    await opened("1");
    await assert.rejects(Promise.resolve(setFolder("nowhere")), /There is no folder “nowhere” on/);
    assert.equal(vscode.workspace.getConfiguration("jupyterhubConnect").inspect("serverFolders")?.globalValue, undefined);
  });
});
