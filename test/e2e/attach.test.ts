// A kernel that was begun in JupyterLab, shared by a notebook here: both see the same variables.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { sharedHub } from "../harness/hub/shared";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, showHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { namesPython, notebookContent, notebookFile } from "../harness/sample/notebookContent";
import { JupyterLab } from "../harness/vscode/jupyterLab";
import { savesOnDemand } from "../harness/vscode/settings";
import { hubUser } from "./support/user";
import { personWindow } from "./support/window";

describe("a kernel begun in JupyterLab", () => {
  const window = personWindow({ files: [samplePath], settings: savesOnDemand });
  let user: HubUser;
  let lab: JupyterLab;

  before(() => {
    user = hubUser("ana");
  });
  after(() => sharedHub().stopServer("ana"));

  it("is in the kernel picker under its notebook's name, and both share its variables", async () => {
    const { workbench, folder } = window();
    const { notebook, quickInput } = workbench;
    lab = await JupyterLab.open(window().browser, sharedHub(), user.name);
    await lab.openNotebook("lab.ipynb", notebookContent(["x = 41", "print(x)"], namesPython));
    await lab.run(0);
    writeFileSync(path.join(folder, "here.ipynb"), notebookFile(["x += 1\nprint(x)"], namesPython));
    await signIn(workbench, user);
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("here.ipynb");
    await workbench.clearNotifications();
    const kernel = "Python 3 (ipykernel) of lab.ipynb";
    await showHubKernel(workbench, user, kernel);
    await workbench.screenshot("out/screenshots/running-kernels.png");
    await quickInput.dismiss();
    await pickHubKernel(workbench, user, kernel);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    assert.deepEqual(
      (await notebook.outputsOnce(0, (now) => now.length > 0)).map(({ text }) => text),
      ["42"],
    );
    assert.match(await lab.run(1), /42/);
    await lab.page.screenshot({ path: "out/screenshots/jupyterlab-beside.png" });
    await workbench.screenshot("out/screenshots/attached.png");
  });

  it("is there again after a reload", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await workbench.save();
    await workbench.page.reload({ waitUntil: "commit" });
    await workbench.openNotebook("here.ipynb");
    await notebook.kernelIs("Python 3 (ipykernel) of lab.ipynb", 30_000);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    assert.deepEqual(
      (await notebook.outputsOnce(0, (now) => now.some(({ text }) => text === "43"))).map(({ text }) => text),
      ["43"],
    );
  });

  it("makes a second one that fits for a notebook of its name, which is given none", async () => {
    const { workbench, folder } = window();
    const { notebook, quickInput, page } = workbench;
    writeFileSync(path.join(folder, "lab.ipynb"), notebookFile(["6 * 7"], namesPython));
    await workbench.openNotebook("lab.ipynb");
    // As it was: a run asks.
    await notebook.pressRun(0);
    await quickInput.expect(/kernel/i);
    assert.equal(await notebook.kernel(), "Select Kernel");
    await quickInput.dismiss();
    await quickInput.command("View: Close Editor");
    await page.locator(".tab", { hasText: "lab.ipynb" }).waitFor({ state: "detached" });
  });

  it("leaves the notebook with a clear word when it is shut down there", async () => {
    const { notebook } = window().workbench;
    await lab.shutDownKernel();
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "error");
    const outputs = await notebook.outputsOnce(0, (now) => now.some(({ text }) => text.includes("gone")));
    assert.match(outputs.map(({ text }) => text).join(), /kernel is gone/);
  });

  it("leaves others alone: they have the only one that fits without asking, and run in one click", async () => {
    const { workbench, folder } = window();
    const { notebook } = workbench;
    for (const [name, content] of [
      ["named.ipynb", notebookFile(["6 * 7"], namesPython)],
      ["bare.ipynb", notebookFile(["6 * 7"])],
    ] as const) {
      writeFileSync(path.join(folder, name), content);
      await workbench.openNotebook(name);
      await notebook.kernelIs("Python 3 (ipykernel)");
      await notebook.pressRun(0);
      assert.equal(await notebook.ended(0, 60_000), "ok");
      assert.deepEqual(
        (await notebook.outputsOnce(0, (now) => now.length > 0)).map(({ text }) => text),
        ["42"],
      );
      await workbench.screenshot(`out/screenshots/only-kernel-${name}.png`);
    }
  });
});
