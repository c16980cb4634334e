// Notebooks on a server that cannot be reached: through a network that fails, or because the server is stopped.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { FaultProxy } from "../../harness/faultProxy";
import { waitFor } from "../../harness/processes/wait";
import { closeNotebooks, counted, counter, run, textOf } from "../support/notebook";
import { proxied, signIn, signOut } from "../support/users";
import { assertSaved, edit, notebookText, openOnServer, OtherClient, renamed, save, type Save } from "../support/serverNotebooks";

const waitMs = 30_000;

describe("a notebook on a server behind a bad network", function () {
  this.timeout(120_000);
  const user = "alice@example.org";
  let proxy: FaultProxy;
  let account: string;
  let other: OtherClient;
  const text = (sign: string): string => `text = """${sign.repeat(1_000_000)}"""`;

  before(async () => {
    proxy = await proxied();
    account = await signIn(user, proxy);
    other = await OtherClient.of(user);
  });
  afterEach(async () => {
    await proxy.restore();
    await closeNotebooks();
  });
  after(async () => {
    await signOut(account, user);
    proxy.close();
  });

  /** Opens a notebook, changes it, saves it, and has `strike` happen while its bytes are on their way. */
  const savedWhile = async (
    strike: () => void,
  ): Promise<{ readonly notebook: vscode.NotebookDocument; readonly path: string; readonly saving: Save }> => {
    const path = `${randomUUID().slice(0, 8)}.ipynb`;
    await other.write(path, notebookText(text("a")));
    const notebook = await openOnServer(`${account}/`, path);
    await edit(notebook, 0, text("b"));
    proxy.throttle(500_000);
    const before = proxy.bytes.toServer;
    const saving = save(notebook);
    await waitFor("half of it to be sent", () => proxy.bytes.toServer > before + 500_000, waitMs);
    strike();
    return { notebook, path, saving: await saving };
  };

  it("is saved all the same when the connection breaks in the middle of it", async () => {
    const { notebook, path, saving } = await savedWhile(() => proxy.cut());
    assert.ok(saving.done, saving.why);
    assert.equal(notebook.isDirty, false);
    assert.equal((await other.notebook(path)).content.cells[0]?.source, text("b"));
  });

  it("keeps its kernel and what runs when the network goes while it is renamed", async () => {
    const path = `${randomUUID().slice(0, 8)}.ipynb`;
    await other.write(path, notebookText(counter(20, 0.3)));
    const notebook = await openOnServer(`${account}/`, path);
    await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", { account });
    const running = run(notebook);
    await running.shows("line 2");
    proxy.refuse();
    proxy.cut();
    assert.equal(await renamed(notebook.uri, vscode.Uri.joinPath(notebook.uri, "..", `renamed-${path}`)), false);
    await proxy.restore();
    await waitFor("the counter to end", () => textOf(notebook).endsWith("end\n"), waitMs);
    assert.equal(textOf(notebook), counted(20));
    await vscode.commands.executeCommand("jupyterhubConnect.reconnectKernel", { confirmed: true });
    await run(notebook).ended;
    assert.equal(textOf(notebook), counted(20));
  });

  it("is the old one, and still to be saved, when the network goes for good", async () => {
    const { notebook, path, saving } = await savedWhile(() => {
      proxy.refuse();
      proxy.cut();
    });
    assert.deepEqual([saving.done, notebook.isDirty], [false, true]);
    assert.equal(await other.read(path), notebookText(text("a")), "nothing is cut short");
    await proxy.restore();
    await assertSaved(notebook);
    assert.equal((await other.notebook(path)).content.cells[0]?.source, text("b"));
  });
});

describe("a notebook on a named server", function () {
  this.timeout(120_000);
  const user = "ana";

  it("says that its server is stopped, and opens when that runs again", async () => {
    const account = await signIn(user);
    await vscode.commands.executeCommand("jupyterhubConnect.newServer", { account, name: "files" });
    const other = await OtherClient.of(user, "files");
    const path = `${randomUUID().slice(0, 8)}.ipynb`;
    await other.write(path, notebookText("'here'"));
    const serverId = `${account}/files`;
    const { uri } = await openOnServer(serverId, path);
    assert.match(uri.authority, /^ana\+files@/);
    await closeNotebooks();
    await vscode.commands.executeCommand("jupyterhubConnect.stopServer", { account, server: "files", confirmed: true });
    await assert.rejects(async () => vscode.workspace.fs.stat(uri), /is not running.*Start it/s);
    const notebook = await openOnServer(serverId, path);
    await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", { account, server: "files" });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "'here'");
    await closeNotebooks();
    await vscode.commands.executeCommand("jupyterhubConnect.deleteServer", { account, server: "files", confirmed: true });
    await signOut(account, user);
    await assert.rejects(async () => vscode.workspace.fs.stat(uri), /not signed in as ana @/);
    await assert.rejects(openOnServer(serverId, path), /Sign in/);
  });
});
