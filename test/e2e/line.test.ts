// The whole line as a person walks it: sign in, choose the hub's kernel, run a cell, restart, shut down, stop, sign out.
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { accountLabel, pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { savesOnDemand } from "../harness/vscode/settings";
import { waitFor } from "../harness/processes/wait";
import { filesWith } from "./support/files";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

describe("a person with a token", () => {
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  let user: HubUser;

  before(() => {
    user = hubUser("ana");
  });

  after(() => sharedHub().stopServer("ana"));

  it("signs in from the command palette and is in the Accounts menu", async () => {
    const { workbench } = window();
    await workbench.openNotebook("sample.ipynb");
    await signIn(workbench, user);
    const entries = await workbench.openAccounts();
    await workbench.dismiss();
    assert.ok(
      entries.some((entry) => entry.startsWith(accountLabel(user))),
      entries.join(", "),
    );
  });

  it("runs a cell on the kernel chosen in the notebook's kernel picker", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await pickHubKernel(workbench, user);
    const cell = sampleCell("counter");
    await notebook.run(cell);
    assert.equal(await notebook.ended(cell, 60_000), "ok");
    const outputs = await notebook.outputsOnce(cell, (now) => now.length > 0);
    assert.deepEqual(
      outputs.map(({ text }) => text),
      ["step 1 of 5\nstep 2 of 5\nstep 3 of 5\nstep 4 of 5\nstep 5 of 5"],
    );
    assert.equal(await notebook.executionOrder(cell), "[1]");
  });

  it("restarts the kernel from the notebook's toolbar, after saying what is lost", async () => {
    const { workbench } = window();
    const { notebook, quickInput } = workbench;
    await quickInput.command("JupyterHub Connect: Restart Kernel…");
    assert.match(await workbench.answerDialog(/Restart the kernel/, "Restart"), /variables are lost/);
    const cell = sampleCell("counter");
    await notebook.run(cell);
    assert.equal(await notebook.ended(cell, 60_000), "ok");
    assert.equal(await notebook.executionOrder(cell), "[1]", "numbers begin anew with the kernel");
  });

  it("shuts a kernel down and stops the server from the side bar; the hub agrees", async () => {
    const { workbench } = window();
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.sideBar.rowAction(/sample\.ipynb/, /Shut Down Kernel/);
    await workbench.answerDialog(/Shut down the kernel of “sample.ipynb”/, "Shut Down");
    await waitFor("the session to go", async () => !(await workbench.sideBar.rows()).some((row) => row.includes("sample.ipynb")), 20_000);
    await workbench.sideBar.rowAction(/Default server/, /Stop Server/);
    await workbench.answerDialog(/Stop the server/, "Stop Server");
    await workbench.sideBar.row(/Default server stopped/, 60_000);
    const answer = await sharedHub().api(`users/${user.name}`, {}, [200]);
    const { servers } = (await answer.json()) as { servers: object };
    assert.deepEqual(servers, {});
  });

  it("starts the server by running a cell on the kernel that the notebook remembers", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    const cell = sampleCell("counter");
    await notebook.run(cell);
    assert.equal(await notebook.ended(cell, 120_000), "ok");
    await workbench.sideBar.row(/Default server running/);
  });

  it("comes back after a reload: signed in, the kernel chosen, its variables there", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await workbench.save();
    await workbench.page.reload({ waitUntil: "commit" });
    await notebook.shown();
    await notebook.kernelIs("Python 3 (ipykernel)", 60_000);
    const cell = sampleCell("counter");
    await notebook.run(cell);
    assert.equal(await notebook.ended(cell, 60_000), "ok");
    assert.equal(await notebook.executionOrder(cell), "[2]", "the same kernel goes on counting");
    await workbench.sideBar.row(/sample\.ipynb/, 30_000);
  });

  it("leaves the token in no file: no log, no setting, no notebook", async () => {
    const { server } = window();
    assert.deepEqual(filesWith(server.directory, user.token), []);
  });

  it("signs out, and what is left is the way back in", async () => {
    const { workbench } = window();
    await workbench.quickInput.command("JupyterHub Connect: Sign Out…");
    await workbench.answerDialog(/Sign out of/, "Sign Out");
    await workbench.page.locator(".sidebar").getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
    await workbench.screenshot("out/screenshots/welcome.png");
  });
});
