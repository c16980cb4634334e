// What the JupyterHub Connect view offers to do, by commands with arguments, checked by the server's own API afterwards.
import assert from "node:assert/strict";
import * as v from "valibot";
import * as vscode from "vscode";
import { hasCode } from "../../src/base/errors";
import { next } from "../../src/base/event";
import type { KernelConnection } from "../../src/services/kernel/connection";
import { ServiceManager } from "../../src/services/serviceManager";
import { serverSettings } from "../../src/transport/settings";
import { waitFor } from "../harness/processes/wait";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signIn, signOut } from "./support/users";
import { resetSettings } from "./support/settings";

const user = "alice@example.org";
const kernelList = v.array(v.looseObject({ id: v.string(), name: v.string(), execution_state: v.string(), connections: v.number() }));
const sessionList = v.array(v.looseObject({ path: v.string(), kernel: v.looseObject({ id: v.string() }) }));

describe("the JupyterHub Connect view's actions", function () {
  this.timeout(120_000);
  let account: string;
  let url: string;
  let others: ServiceManager;

  const command = (name: string, given: object): Thenable<unknown> =>
    vscode.commands.executeCommand(`jupyterhubConnect.${name}`, { account, ...given });
  const ask = async <T extends v.GenericSchema>(path: string, model: T): Promise<v.InferOutput<T>> => {
    const answer = await fetch(new URL(`api/${path}`, url), { headers: { Authorization: `token ${testHub().user(user).token}` } });
    return v.parse(model, await answer.json());
  };
  const kernels = () => ask("kernels", kernelList);
  const sessions = () => ask("sessions", sessionList);
  const stateOf = async (id: string): Promise<string | undefined> => (await kernels()).find((kernel) => kernel.id === id)?.execution_state;
  const becomes = (id: string, state: string): Promise<unknown> =>
    waitFor(`kernel ${id} to be ${state}`, async () => (await stateOf(id)) === state, 20_000);

  /** A kernel that another client has begun, as JupyterLab would. */
  const elsewhere = async (path: string, code = "x = 41"): Promise<KernelConnection> => {
    const session = await others.sessions.startNew({ path, name: path, type: "notebook", kernel: { name: "python3" } });
    const { kernel } = session;
    assert.ok(kernel);
    await kernel.execute({ code }).done;
    return kernel;
  };

  /** Has a kernel run something long, which has begun when this resolves. @returns its outcome */
  const occupy = async (kernel: KernelConnection): Promise<{ readonly outcome: Promise<string> }> => {
    const begun = next(kernel.onIOPubMessage, ({ header }) => header.msg_type === "stream");
    const running = kernel.execute({ code: "print('begun', flush=True); import time; time.sleep(100)" });
    const outcome = running.done.then(({ status }) => status, String);
    await begun;
    return { outcome };
  };

  before(async () => {
    account = await signIn(user);
    url = await testHub().startServer(user);
    await command("startServer", { server: "" });
    others = new ServiceManager(serverSettings({ baseUrl: url, token: testHub().user(user).token }));
  });
  afterEach(async () => {
    await closeNotebooks();
    await others.sessions.shutdownAll();
    await others.kernels.shutdownAll();
  });
  after(async () => {
    others.dispose();
    await resetSettings();
    await signOut(account, user);
  });

  it("interrupt a kernel that no notebook here has", async () => {
    const kernel = await elsewhere("long.ipynb");
    const { outcome } = await occupy(kernel);
    await command("interruptRunningKernel", { kernels: [kernel.id], confirmed: true });
    assert.equal(await outcome, "error");
    assert.equal(await stateOf(kernel.id), "idle");
  });

  it("restart a kernel that no notebook here has: its variables are gone, its id is not", async () => {
    const kernel = await elsewhere("again.ipynb");
    await command("restartRunningKernel", { kernels: [kernel.id], confirmed: true });
    await becomes(kernel.id, "idle");
    // As somebody who comes later: what became of the connection from before is another matter.
    kernel.dispose();
    const later = others.kernels.connectTo(kernel.model);
    assert.equal((await later.execute({ code: "x" }).done).status, "error");
  });

  it("restart and interrupt the kernel of a notebook here through the notebook, whose cells are settled", async () => {
    const notebook = await openNotebook("import time; time.sleep(100)", "1 + 1");
    await selectKernel({ account });
    const cell = run(notebook, 0);
    const [session] = await waitFor(
      "the kernel to be busy",
      async () => {
        const all = await sessions();
        return all[0] && (await stateOf(all[0].kernel.id)) === "busy" ? all : undefined;
      },
      20_000,
    );
    assert.ok(session);
    await command("interruptRunningKernel", { kernels: [session.kernel.id], confirmed: true });
    await cell.ended;
    await command("restartRunningKernel", { kernels: [session.kernel.id], confirmed: true });
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "2");
  });

  it("shut several kernels down at once, with their sessions", async () => {
    const [first, second, third] = [await elsewhere("a.ipynb"), await elsewhere("b.ipynb"), await elsewhere("c.ipynb")];
    await command("shutDownKernel", { kernels: [first.id, second.id], confirmed: true });
    assert.deepEqual(
      (await kernels()).map(({ id }) => id),
      [third.id],
    );
    assert.deepEqual(
      (await sessions()).map(({ path }) => path),
      ["c.ipynb"],
    );
  });

  it("shut down all idle kernels and leave the busy ones", async () => {
    const idle = await elsewhere("idle.ipynb");
    const busy = await elsewhere("busy.ipynb");
    await occupy(busy);
    await becomes(idle.id, "idle");
    await command("shutDownIdleKernels", { idleHours: 0, confirmed: true });
    assert.deepEqual(
      (await kernels()).map(({ id }) => id),
      [busy.id],
    );
    await command("shutDownIdleKernels", { idleHours: 1, confirmed: true });
    assert.equal((await kernels()).length, 1);
  });

  it("open a new notebook with a kernel spec, whose first cell starts the kernel", async () => {
    await command("newNotebook", { server: "", kernel: "python3" });
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.ok(notebook?.isUntitled);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(notebook.cellAt(0).document.uri, new vscode.Position(0, 0), "6 * 7");
    await vscode.workspace.applyEdit(edit);
    await run(notebook).ended;
    assert.equal(textOf(notebook), "42");
    assert.equal((await sessions()).length, 1);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("attach the open notebook to a kernel that was begun elsewhere", async () => {
    const kernel = await elsewhere("lab.ipynb");
    const notebook = await openNotebook("x + 1");
    await command("attachKernel", { kernels: [kernel.id] });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "42");
    assert.deepEqual(
      (await kernels()).map(({ id }) => id),
      [kernel.id],
    );
  });

  it("open the notebook that a kernel was begun for, which has that kernel then; say so where it is no file", async () => {
    const cells = [{ cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source: "x + 1" }];
    const content = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
    const headers = { Authorization: `token ${testHub().user(user).token}` };
    await fetch(new URL("api/contents/begun.ipynb", url), { method: "PUT", headers, body: JSON.stringify({ type: "notebook", content }) });
    const kernel = await elsewhere("begun.ipynb");
    await command("openKernelNotebook", { kernels: [kernel.id] });
    const notebook = vscode.window.activeNotebookEditor?.notebook;
    assert.equal(notebook?.uri.path, "/begun.ipynb");
    await run(notebook).ended;
    assert.equal(textOf(notebook), "42");
    assert.deepEqual(
      (await kernels()).map(({ id }) => id),
      [kernel.id],
    );
    const other = await elsewhere("nowhere.ipynb");
    await assert.rejects(Promise.resolve(command("openKernelNotebook", { kernels: [other.id] })), /is no file on/);
  });

  it("show the kernel of the open notebook in the view", async () => {
    const notebook = await openNotebook("1");
    await selectKernel({ account });
    await run(notebook).ended;
    await vscode.commands.executeCommand("jupyterhubConnect.revealKernel");
  });

  it("copy a kernel's id and path, and code that really runs on it without holding a token", async () => {
    const kernel = await elsewhere("work.ipynb");
    await command("copyKernelId", { kernels: [kernel.id] });
    assert.equal(await vscode.env.clipboard.readText(), kernel.id);
    await command("copyKernelPath", { kernels: [kernel.id] });
    assert.equal(await vscode.env.clipboard.readText(), "work.ipynb");
    await command("copyConnectionCode", { kernels: [kernel.id] });
    const code = await vscode.env.clipboard.readText();
    assert.ok(code.includes(kernel.id) && !code.includes(testHub().user(user).token));
    const notebook = await openNotebook(code);
    await selectKernel({ account });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "2\n");
  });

  it("show details of a server and of a kernel, with what it says of itself and without a secret", async () => {
    const notebook = await openNotebook("1");
    await selectKernel({ account });
    await run(notebook).ended;
    const [kernel] = await kernels();
    assert.ok(kernel);
    await command("showDetails", { kernels: [kernel.id] });
    const ofKernel = vscode.window.activeTextEditor?.document.getText() ?? "";
    assert.match(ofKernel, new RegExp(`Id: ${kernel.id}[^]*Implementation: ipython`));
    await command("copyReport", { server: "" });
    const report = await vscode.env.clipboard.readText();
    assert.match(report, /State: running[^]*Kernel specs[^]*python3/);
    for (const secret of [testHub().user(user).token, testHub().user(user).password]) assert.ok(!(ofKernel + report).includes(secret));
  });

  it("say of a kernel that is gone that it is, and shut it down without a complaint", async () => {
    const kernel = await elsewhere("gone.ipynb");
    await vscode.commands.executeCommand("jupyterhubConnect.refresh");
    await others.sessions.shutdownAll();
    await assert.rejects(
      Promise.resolve(command("interruptRunningKernel", { kernels: [kernel.id], confirmed: true })),
      /The kernel is gone/,
    );
    await assert.rejects(Promise.resolve(command("attachKernel", { kernels: [kernel.id] })), /Open the notebook|is gone/);
    await command("shutDownKernel", { kernels: [kernel.id], confirmed: true });
  });

  it("say that the server was stopped where that happened between click and action", async () => {
    await command("newServer", { name: "brief" });
    const brief = new ServiceManager(
      serverSettings({ baseUrl: await testHub().startServer(user, "brief"), token: testHub().user(user).token }),
    );
    const { id } = await brief.kernels.startNew("python3");
    brief.dispose();
    await testHub().stopServer(user, "brief");
    await assert.rejects(Promise.resolve(command("restartRunningKernel", { server: "brief", kernels: [id], confirmed: true })), (error) => {
      assert.match(String(error), /not running/);
      return !hasCode(error, "timeout");
    });
    await command("deleteServer", { server: "brief", confirmed: true });
  });

  it("keep hubs in the settings, and take them out again", async () => {
    const hubsNow = (): unknown => vscode.workspace.getConfiguration("jupyterhubConnect").get("hubs");
    await vscode.commands.executeCommand("jupyterhubConnect.addHub", { url: "https://hub.example.org/hub/home", confirmed: true });
    assert.deepEqual(hubsNow(), [{ url: "https://hub.example.org/" }]);
    await assert.rejects(
      Promise.resolve(vscode.commands.executeCommand("jupyterhubConnect.addHub", { url: "hub.example.org", confirmed: true })),
      /already/,
    );
    await vscode.commands.executeCommand("jupyterhubConnect.removeHub", { url: "https://hub.example.org/", confirmed: true });
    assert.deepEqual(hubsNow(), []);
  });
});
