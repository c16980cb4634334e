// The kernel in the status bar as a person sees and uses it, over a run, a broken connection, and a cell that no interrupt ends.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import type { FaultProxy } from "../harness/faultProxy";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { notebookFile } from "../harness/sample/notebookContent";
import { samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { takePictures } from "../harness/vscode/pictures";
import { proxiedUser } from "./support/user";
import { personWindow } from "./support/window";

const name = "status.ipynb";
const quick = "1 + 1";
const long = "import time\nfor second in range(600):\n    print('second', second, flush=True)\n    time.sleep(1)";
const stubborn = "while True:\n    try:\n        time.sleep(1)\n    except KeyboardInterrupt:\n        print('no', flush=True)";

describe("the kernel in the status bar", function () {
  this.timeout(4 * 60_000);
  const window = personWindow({ files: [samplePath] });
  let proxy: FaultProxy;
  let user: HubUser;

  before(async () => {
    ({ user, proxy } = await proxiedUser("ana"));
    writeFileSync(path.join(window().folder, name), notebookFile([quick, long, quick, stubborn]));
    await signIn(window().workbench, user);
    await window().workbench.clearNotifications();
    await window().workbench.sideBar.open("Explorer");
  });

  after(async () => {
    proxy.close();
    await sharedHub().stopServer(user.name);
  });

  const item = (): Locator => window().workbench.kernelStatus;
  const says = (text: RegExp, timeout = 30_000): Promise<unknown> =>
    waitFor(`the status bar to say ${text}`, async () => (await item().count()) > 0 && text.test(await item().innerText()), timeout).catch(
      async (error: unknown) => {
        throw new Error(`The status bar says ${(await item().allInnerTexts()).join()}, not ${text}`, { cause: error });
      },
    );
  const pictures = async (shown: string): Promise<void> => {
    const { workbench } = window();
    // Its hover stays while the item has the focus.
    await workbench.notebook.focus();
    await takePictures(workbench, `out/screenshots/status-${shown}`, ["light", "dark"]);
  };
  const offered = async (): Promise<string[]> => {
    await item().click();
    await window().workbench.quickInput.waitForEntry(/^.*Show Log/);
    return window().workbench.quickInput.entries();
  };

  it("is there for a notebook with a kernel of the hub, and for nothing else", async () => {
    const { workbench, folder } = window();
    // No kernel of the hub fits this one, so that it has none before somebody chooses.
    const cell = { cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source: quick };
    const metadata = { kernelspec: { name: "julia-1.11", display_name: "Julia 1.11", language: "julia" } };
    writeFileSync(path.join(folder, "foreign.ipynb"), JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 }));
    await workbench.openNotebook("foreign.ipynb");
    assert.equal(await workbench.notebook.kernel(), "Select Kernel");
    assert.equal(await item().count(), 0);
    await workbench.quickInput.command("View: Close Editor");
    await workbench.openNotebook(name);
    await pickHubKernel(workbench, user);
    await says(/No kernel yet/);
    await workbench.notebook.run(0);
    await says(/Kernel idle/, 60_000);
    await pictures("idle");
    await workbench.quickInput.command("File: New Untitled Text File");
    await item().waitFor({ state: "detached" });
    await workbench.quickInput.command("View: Close Editor");
    await says(/Kernel idle/);
  });

  it("says on hovering since when, and where", async () => {
    const { workbench } = window();
    await item().hover();
    const hover = workbench.page.locator(".workbench-hover", { hasText: /Kernel idle since/ });
    await hover.waitFor();
    assert.match(await hover.innerText(), /Kernel: Python 3.*Server: ana @ .*started at/s);
    await workbench.page.screenshot({ path: "out/screenshots/status-hover.png" });
  });

  it("says once that somebody else has restarted the kernel, whose variables are gone", async () => {
    const { workbench } = window();
    const url = await sharedHub().startServer("ana");
    const headers = { Authorization: `token ${user.token}` };
    const restarted = /The kernel of “status\.ipynb” was restarted from elsewhere.*variables are gone.*from the top/;
    const kernels = (await (await fetch(new URL("api/kernels", url), { headers })).json()) as { id: string }[];
    for (const { id } of kernels) await fetch(new URL(`api/kernels/${id}/restart`, url), { method: "POST", headers });
    await workbench.notification(restarted);
    await says(/Kernel idle/);
    await workbench.notebook.run(0);
    await says(/Kernel idle/);
    assert.equal((await workbench.notifications()).filter((text) => restarted.test(text)).length, 1);
    await workbench.page.screenshot({ path: "out/screenshots/status-restarted.png" });
    await workbench.clearNotifications();
  });

  it("names the cell that runs and how many wait, and offers what can be done; counts down to the next attempt where the connection is lost", async () => {
    const { workbench } = window();
    await workbench.notebook.run(1);
    await says(/Kernel busy: cell 2$/);
    await workbench.notebook.run(2);
    await says(/Kernel busy: cell 2, 1 waiting/);
    await pictures("busy");
    const entries = await offered();
    assert.deepEqual(
      entries.map((entry) => entry.replace(/^.*?(?=[A-Z])/, "").replace(/,.*/, "")),
      ["Interrupt", "Restart Kernel…", "Restart Kernel and Run All Cells…", "Shut Down Kernel…", "Select Another Kernel…", "Show Log"],
    );
    await workbench.screenshot("out/screenshots/status-actions.png");
    await workbench.dismiss();
    proxy.refuse();
    proxy.cut();
    await says(/Reconnecting in (1\d|[6-9]) s/, 60_000);
    await pictures("reconnecting");
    await says(/Reconnecting in (1\d|[4-9]) s/, 60_000);
    await proxy.restore();
    await offered();
    await workbench.quickInput.pick(/Reconnect Now/);
    await says(/Kernel busy: cell 2, 1 waiting/);
    await offered();
    await workbench.quickInput.pick(/Interrupt/);
    assert.equal(await workbench.notebook.ended(1, 30_000), "error");
    await says(/Kernel idle/);
  });

  it("tells of a cell that goes on though it was interrupted, until it ends", async () => {
    const { workbench } = window();
    await workbench.notebook.run(3);
    await says(/Kernel busy: cell 4/);
    await workbench.notebook.interrupt(3);
    await workbench.notification(/Cell 4 still runs: Interrupt Again · Restart Kernel…/, 30_000);
    await pictures("stuck");
    await workbench.page.locator(".notification-toast a", { hasText: "Interrupt Again" }).click();
    await workbench.notification(/interrupted 2 times/, 30_000);
    await workbench.page.locator(".notification-toast a", { hasText: "Restart Kernel…" }).click();
    assert.match(await workbench.answerDialog(/Restart the kernel/, "Restart"), /variables are lost/);
    await waitFor("the notification to go", async () => !(await workbench.notifications()).some((text) => /still runs/.test(text)), 30_000);
    await says(/Kernel idle/);
  });

  it("is run, interrupted and restarted by JupyterLab's keys", async () => {
    const { workbench } = window();
    const { notebook, page } = workbench;
    await notebook.select(1);
    await page.keyboard.press("Enter"); // into the cell, as who has just typed
    await page.keyboard.press("Control+Enter");
    await says(/Kernel busy: cell 2$/);
    await page.keyboard.press("Escape");
    await page.keyboard.type("ii");
    assert.equal(await notebook.ended(1, 30_000), "error");
    await says(/Kernel idle/);
    await notebook.select(1);
    await page.keyboard.press("Control+Enter");
    await says(/Kernel busy: cell 2$/);
    await workbench.quickInput.command("JupyterHub Connect: Interrupt Kernel");
    assert.equal(await notebook.ended(1, 30_000), "error");
    await notebook.select(1);
    await page.keyboard.type("00");
    await workbench.answerDialog(/Restart the kernel/, "Restart");
    await says(/Kernel idle/);
  });

  it("restarts and runs all from the notebook's toolbar, after asking", async () => {
    const { workbench } = window();
    await workbench.page
      .locator(".notebook-toolbar-container")
      .getByRole("button", { name: /Restart and Run All|Restart Kernel and Run All/ })
      .click();
    await workbench.answerDialog(/Restart the kernel of this notebook and run all/, "Restart and Run All");
    await says(/Kernel busy: cell 2, 2 waiting/);
    await offered();
    await workbench.quickInput.pick(/Interrupt/);
    await says(/Kernel idle/);
  });

  it("says that the server is stopped, and starts it", async () => {
    const { workbench } = window();
    await sharedHub().stopServer(user.name);
    await says(/Server stopped/, 90_000);
    await pictures("stopped");
    await offered();
    await workbench.quickInput.pick(/Start Server/);
    await says(/Server starting|No kernel yet/);
    await says(/No kernel yet/, 120_000);
  });
});
