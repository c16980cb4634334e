// A hub behind a web server as institutions have it: what that does not let through is told in words, or goes another way.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { startWebFront, type WebFront } from "../harness/webFront";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, errorOf, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signOut } from "./support/users";
import { edit, notebookText, openOnServer, OtherClient, save } from "./support/serverNotebooks";

const user = "ana";

describe("behind a web server", function () {
  this.timeout(120_000);
  let front: WebFront;
  let account: string;
  before(async () => {
    const hub = testHub();
    await hub.startServer(user);
    front = await startWebFront(Number(new URL(hub.url).port), {});
    const { token } = hub.user(user);
    ({ id: account } = await vscode.commands.executeCommand<{ id: string }>("jupyterhubConnect.signIn", { url: front.url, token }));
  });
  afterEach(async () => {
    front.set({});
    await closeNotebooks();
  });
  after(async () => {
    await signOut(account);
    await front.close();
  });

  it("that passes no websockets on, cells end and say so, can be interrupted before, and run once it does", async () => {
    front.set({ upgrades: false });
    const notebook = await openNotebook("print(6 * 7)");
    await selectKernel({ account });
    await run(notebook).ended;
    const { name, message } = errorOf(notebook) ?? assert.fail(textOf(notebook));
    assert.equal(name, "No websocket");
    assert.match(message, new RegExp(`opens no websocket.*status 400 instead.*administrator of ${new URL(front.url).host}`));
    const again = run(notebook);
    await vscode.commands.executeCommand("jupyterhubConnect.interruptKernel", { notebook: notebook.uri.toString(), confirmed: true });
    await again.ended;
    assert.notEqual(textOf(notebook), "42\n");
    front.set({});
    await run(notebook).ended;
    assert.equal(textOf(notebook), "42\n");
  });

  it("a cell that is larger than one message may be fails in words, and the next one runs", async () => {
    const notebook = await openNotebook("x = 1", `text = """${"x".repeat(12 * 1024 * 1024)}"""`, "x");
    await selectKernel({ account });
    await run(notebook).ended;
    const large = run(notebook, 1, 60_000);
    const last = run(notebook, 2, 60_000);
    await large.ended;
    assert.match(errorOf(notebook, 1)?.message ?? "", /12 MB.*10 MB.*administrator/);
    await last.ended;
    assert.equal(textOf(notebook, 2), "1");
  });

  it("that takes 1 MB in a request, notebooks of any size are saved, and few requests are refused", async () => {
    const other = await OtherClient.of(user);
    const folder = randomUUID();
    await other.makeDirectory(folder);
    const path = `${folder}/large.ipynb`;
    await other.write(path, notebookText("1"));
    front.set({ maxBody: 1024 * 1024 });
    const notebook = await openOnServer(`${account}/`, path);
    for (const size of [900_000, 5_000_000]) {
      await edit(notebook, 0, `text = "${"ä".repeat(size / 2)}"`);
      const { done, why } = await save(notebook);
      assert.ok(done, why);
      assert.equal((await other.read(path)).includes("ä".repeat(size / 2)), true);
    }
    assert.equal(front.refused, 1);
    assert.deepEqual(await other.names(folder), ["large.ipynb"]);
  });
});
