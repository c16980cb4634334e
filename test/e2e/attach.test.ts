// A kernel that was begun in JupyterLab, shared by a notebook here: both see the same variables.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import * as v from "valibot";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, showHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { personWindow } from "./support/window";

const labMs = 60_000;
const sessionList = v.array(v.object({ kernel: v.object({ connections: v.number(), execution_state: v.string() }) }));

function notebookWith(...sources: readonly string[]): string {
  const cells = sources.map((source, index) => ({ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [], source }));
  return JSON.stringify({ cells, metadata: { kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)" } }, nbformat: 4, nbformat_minor: 5 });
}

describe("a kernel begun in JupyterLab", () => {
  const window = personWindow({ files: [samplePath] });
  let user: HubUser;
  let lab: Page;

  before(() => {
    const { name, token } = sharedHub().user("ana");
    user = { url: sharedHub().url, name, token };
  });
  after(() => sharedHub().stopServer(user.name));

  /** Opens a notebook in JupyterLab, in the same browser, as a person would: by signing in on the hub's page. */
  const openLab = async (file: string): Promise<void> => {
    const server = await sharedHub().startServer(user.name);
    const content = JSON.parse(notebookWith("x = 41", "print(x)")) as object;
    const answer = await fetch(new URL(`api/contents/${file}`, server), {
      method: "PUT",
      headers: { Authorization: `token ${user.token}` },
      body: JSON.stringify({ type: "notebook", format: "json", content }),
    });
    assert.equal(answer.status, 201);
    lab = await window().browser.newPage();
    const target = new URL(`lab/tree/${file}`, server);
    await lab.goto(new URL(`hub/login?next=${encodeURIComponent(target.pathname)}`, user.url).href);
    await lab.locator("input[name=username]").fill(user.name);
    await lab.locator("input[name=password]").fill(sharedHub().user(user.name).password);
    await lab.locator("input[type=submit], button[type=submit]").first().click();
    await lab.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: labMs });
    // What JupyterLab shows is there before its kernel is; who runs a cell by then is asked for one.
    const isConnected = async (): Promise<boolean> => {
      const sessions = await fetch(new URL("api/sessions", server), { headers: { Authorization: `token ${user.token}` } });
      const kernels = v.parse(sessionList, await sessions.json()).map(({ kernel }) => kernel);
      return kernels.some(({ connections, execution_state: state }) => connections > 0 && state === "idle");
    };
    await waitFor("JupyterLab to be connected to its kernel", isConnected, labMs);
  };

  /** Runs a cell of JupyterLab's notebook; resolves with what it has printed. */
  const runInLab = async (index: number): Promise<string> => {
    const cell = lab.locator(".jp-Notebook .jp-CodeCell").nth(index);
    await cell.locator(".jp-InputArea-prompt").click();
    await lab.locator(".jp-Notebook .jp-CodeCell.jp-mod-active").and(cell).waitFor();
    await lab.locator("[data-command='notebook:run-cell-and-select-next']").first().click();
    await waitFor("JupyterLab to run the cell", async () => /\[\d+\]/.test(await cell.locator(".jp-InputArea-prompt").innerText()), 20_000);
    return (await cell.locator(".jp-OutputArea").innerText()).trim();
  };

  it("is in the kernel picker under its notebook's name, and both share its variables", async () => {
    const { workbench, folder } = window();
    const { notebook, quickInput } = workbench;
    await openLab("lab.ipynb");
    await runInLab(0);
    writeFileSync(path.join(folder, "here.ipynb"), notebookWith("x += 1\nprint(x)"));
    await signIn(workbench, user);
    await workbench.openSidebar("Explorer");
    await workbench.openNotebook("here.ipynb");
    await workbench.clearNotifications();
    const kernel = "Python 3 (ipykernel) of lab.ipynb";
    await showHubKernel(workbench, user, kernel);
    await workbench.screenshot("out/screenshots/running-kernels.png");
    await quickInput.dismiss();
    await pickHubKernel(workbench, user, kernel);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    assert.deepEqual((await notebook.outputsOnce(0, (now) => now.length > 0)).map(({ text }) => text), ["42"]);
    assert.match(await runInLab(1), /42/);
    await lab.screenshot({ path: "out/screenshots/jupyterlab-beside.png" });
    await workbench.screenshot("out/screenshots/attached.png");
  });

  it("is there again after a reload", async () => {
    const { workbench } = window();
    const { notebook, quickInput } = workbench;
    await quickInput.command("File: Save");
    await workbench.page.reload({ waitUntil: "commit" });
    await workbench.openNotebook("here.ipynb");
    await notebook.kernelIs("Python 3 (ipykernel) of lab.ipynb", 30_000);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "ok");
    assert.deepEqual((await notebook.outputsOnce(0, (now) => now.some(({ text }) => text === "43"))).map(({ text }) => text), ["43"]);
  });

  it("leaves the notebook with a clear word when it is shut down there", async () => {
    const { notebook } = window().workbench;
    await lab.keyboard.press("Escape");
    await lab.getByText("Kernel", { exact: true }).first().click();
    await lab.getByText("Shut Down Kernel", { exact: true }).click();
    await lab.getByText("No Kernel").first().waitFor({ timeout: labMs });
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 30_000), "error");
    const outputs = await notebook.outputsOnce(0, (now) => now.some(({ text }) => text.includes("gone")));
    assert.match(outputs.map(({ text }) => text).join(), /kernel is gone/);
  });
});
