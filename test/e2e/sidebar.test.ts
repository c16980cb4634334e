// The JupyterHub Connect view as a person handles it: what it shows of servers and kernels, what can be done from it, and how it looks.
import assert from "node:assert/strict";
import { next } from "../../src/base/event";
import { asKernelAction, EventStream } from "../../src/services/rest/events";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { quietSettings } from "../harness/vscode/settings";
import type { Workbench } from "../harness/vscode/workbench";
import { Beside, opened, rowOf, took } from "./support/beside";
import { hubUser } from "./support/user";
import { takePictures } from "../harness/vscode/pictures";
import { personWindow } from "./support/window";

const startMs = 60_000;
/** The poller's longest pause at rest where the server tells of kernels by itself, and some. */
const pollMs = 60_000;
const truthMs = 1_000;

describe("the JupyterHub Connect view", () => {
  const window = personWindow({
    files: [samplePath],
    settings: { ...quietSettings, "workbench.list.defaultFindMode": "filter", "remote.autoForwardPorts": false },
  });
  let user: HubUser;
  let server: string;
  /** Somebody beside this window, as JupyterLab would be. */
  let others: Beside | undefined;

  before(() => {
    user = hubUser("ana");
  });
  after(async () => {
    others?.dispose();
    for (const name of ["gpu", "teaching"]) await sharedHub().stopServer(user.name, name, true);
    await sharedHub().stopServer(user.name);
  });

  const pictures = (workbench: Workbench, title: string): Promise<void> =>
    takePictures(workbench, `out/screenshots/sidebar-${title}`, ["dark", "light", "contrast"]);
  const beside = (): Beside => others ?? assert.fail("Nobody is beside this window yet.");

  it("is never empty: it says what to do before anybody has signed in, and while no notebook has a kernel", async () => {
    const { workbench } = window();
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.page.locator(".sidebar").getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
    await pictures(workbench, "empty");
    await signIn(workbench, user);
    server = await sharedHub().startServer(user.name);
    others = new Beside(server, user);
    await workbench.sideBar.row(/No notebook runs here/);
    await workbench.clearNotifications();
    await pictures(workbench, "one-server");
  });

  it("opens the hub in the browser", async () => {
    const { workbench } = window();
    const page = await workbench.openedPage(() => workbench.sideBar.rowAction(/^ana @/, /Open Hub/));
    assert.equal(page.url().split("?")[0], new URL("hub/login", user.url).href);
    await page.close();
  });

  it("shows what others start, rename and stop, by itself", async () => {
    const { workbench } = window();
    const session = await beside().sessions.startNew({
      path: "work/lab.ipynb",
      name: "lab.ipynb",
      type: "notebook",
      kernel: { name: "python3" },
    });
    await took("a session started elsewhere", workbench, (rows) => rows.some((row) => row.includes("lab.ipynb (work)")), pollMs);
    await session.setPath("work/renamed.ipynb");
    await session.setName("renamed.ipynb");
    await took("one renamed elsewhere", workbench, (rows) => rows.some((row) => row.includes("renamed.ipynb (work)")), pollMs);
    await session.shutdown();
    await took("one stopped elsewhere", workbench, (rows) => !rows.some((row) => row.includes("renamed.ipynb")), pollMs);
  });

  it("interrupts and restarts kernels that no notebook here has, and tells the truth within a second", async () => {
    const { workbench } = window();
    const kernel = await beside().elsewhere("long.ipynb");
    await workbench.sideBar.row(/long\.ipynb/, pollMs);
    const begun = next(kernel.onIOPubMessage, ({ header }) => header.msg_type === "stream");
    const running = kernel.execute({ code: "print('begun', flush=True); import time; time.sleep(300)" });
    const ended = running.done.then(({ status }) => status, String);
    await begun;
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    await workbench.sideBar.row(/long\.ipynb busy/);
    await workbench.page.locator(".activitybar .badge-content", { hasText: /^1$/ }).first().waitFor();
    await workbench.screenshot("out/screenshots/sidebar-busy.png");
    await workbench.sideBar.rowAction(/long\.ipynb busy/, /Interrupt/);
    assert.equal(await ended, "error");
    assert.ok(
      (await took("idle after the interrupt", workbench, (rows) => rows.some((row) => row.includes("long.ipynb idle")), 10_000)) <= truthMs,
    );
    // The server tells when it has restarted it; a session that is deleted meanwhile leaves its kernel behind.
    const events = new EventStream(beside().settings);
    await next(events.onDidChangeStatus, (status) => status === "connected");
    const restarted = next(events.onEvent, (event) => asKernelAction(event)?.action === "restart");
    await workbench.quickInput.command("JupyterHub Connect: Restart Running Kernel…");
    await workbench.quickInput.pick(/long\.ipynb/);
    assert.match(await workbench.answerDialog(/Restart the kernel of “long.ipynb”/, "Restart"), /variables are lost[^]*1 other connection/);
    await restarted;
    events.dispose();
    await waitFor("the kernel to be idle again", async () => (await beside().kernelsThere())[0]?.execution_state === "idle", 20_000);
    await beside().sessions.shutdownAll();
    await took("all gone", workbench, (rows) => !rows.some((row) => row.includes("long.ipynb")), pollMs);
  });

  it("shuts several kernels down at once, after naming them", async () => {
    const { workbench } = window();
    for (const name of ["one.ipynb", "two.ipynb", "three.ipynb"]) await beside().elsewhere(name);
    await workbench.sideBar.row(/three\.ipynb/, pollMs);
    await rowOf(workbench, /one\.ipynb/).click();
    await rowOf(workbench, /two\.ipynb/).click({ modifiers: ["ControlOrMeta"] });
    await workbench.sideBar.rowAction(/two\.ipynb/, /Shut Down/);
    const dialog = workbench.page.locator(".monaco-dialog-box");
    await dialog.waitFor();
    await workbench.screenshot("out/screenshots/sidebar-shut-down.png");
    assert.match(await workbench.answerDialog(/Shut down 2 kernels/, "Shut Down"), /one\.ipynb[^]*two\.ipynb[^]*variables are lost/);
    await waitFor("two kernels to be gone", async () => (await beside().kernelsThere()).length === 1, 20_000);
    assert.ok((await took("both rows gone", workbench, (rows) => !rows.some((row) => /(one|two)\.ipynb/.test(row)), 10_000)) <= truthMs);
    assert.ok((await workbench.sideBar.rows()).some((row) => row.includes("three.ipynb")));
  });

  it("shuts down all idle kernels, after a choice of how long and a list", async () => {
    const { workbench } = window();
    await workbench.quickInput.command("JupyterHub Connect: Shut Down Idle Kernels…");
    await workbench.quickInput.pick(/^Every idle kernel/);
    assert.match(await workbench.answerDialog(/Shut down 1 idle kernel/, "Shut Down"), /three\.ipynb/);
    await waitFor("no kernel to be left", async () => (await beside().kernelsThere()).length === 0, 20_000);
    await workbench.sideBar.row(/No notebook runs here/);
  });

  it("is live for a notebook here, and shows its kernel on demand", async () => {
    const { workbench } = window();
    const { notebook } = workbench;
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("sample.ipynb");
    await pickHubKernel(workbench, user);
    await workbench.sideBar.open("JupyterHub Connect");
    const cell = sampleCell("counter");
    await notebook.run(cell);
    await notebook.ended(cell, startMs);
    await workbench.sideBar.row(/sample\.ipynb idle/);
    await rowOf(workbench, /Default server/)
      .locator(".monaco-tl-twistie")
      .click();
    await waitFor(
      "the server to be collapsed",
      async () => !(await workbench.sideBar.rows()).some((row) => row.includes("sample.ipynb")),
      10_000,
    );
    await workbench.quickInput.command("JupyterHub Connect: Show Kernel of Notebook in View");
    await workbench.page.locator(".sidebar .monaco-list-row.selected", { hasText: "sample.ipynb" }).waitFor();
  });

  it("has a menu with everything that can be done to a kernel, and a page with its details", async () => {
    const { workbench } = window();
    const items = await workbench.sideBar.rowMenu(/sample\.ipynb/);
    const titles = (await items.allInnerTexts()).map((text) => text.trim());
    for (const title of [
      "Open Notebook",
      "Attach",
      "Interrupt",
      "Restart",
      "Copy Kernel Id",
      "Copy Path",
      "Copy Code",
      "Show Details",
      "Copy Report",
      "Shut Down",
    ]) {
      assert.ok(
        titles.some((each) => each.startsWith(title)),
        `${title} is not in ${titles.join(", ")}`,
      );
    }
    await workbench.screenshot("out/screenshots/sidebar-menu.png");
    await items.filter({ hasText: "Show Details" }).click();
    await workbench.page.locator(".view-lines", { hasText: "What the kernel says of itself" }).waitFor();
    await workbench.screenshot("out/screenshots/sidebar-details.png");
    await workbench.quickInput.command("View: Close Editor");
    await workbench.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await workbench.sideBar.rowMenuAction(/Default server/, "Copy Report");
    await workbench.page.locator(".statusbar-item", { hasText: "Report copied" }).waitFor();
    const report = await workbench.page.evaluate(() => navigator.clipboard.readText());
    assert.match(report, /State: running[^]*JupyterLab there: http[^]*Memory: \d+ MB[^]*sample-\w+\.ipynb: Python 3/);
    assert.ok(!report.includes(user.token));
  });

  it("says of a server what it uses, and shows a kernel's logo, to whoever points at its row", async () => {
    const { workbench } = window();
    const ofServer = await workbench.sideBar.rowHover(/Default server/);
    await waitFor("what the server uses", async () => /Memory: \d+ MB/.test(await ofServer.innerText()), 10_000);
    await workbench.page.screenshot({ path: "out/screenshots/sidebar-hover-server.png" });
    const ofKernel = await workbench.sideBar.rowHover(/sample\.ipynb/);
    await ofKernel.locator("img").waitFor();
    assert.match(await ofKernel.innerText(), /sample-\w+\.ipynb[^]*Kernel:\sPython\s3/);
    assert.ok(
      await ofKernel.locator("img").evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth > 0),
      "the logo is a picture",
    );
    await workbench.page.screenshot({ path: "out/screenshots/sidebar-hover-kernel.png" });
  });

  it("shows many servers and kernels, each named to a screen reader, and finds them by name and path", async () => {
    const { workbench } = window();
    for (const name of ["gpu", "teaching"]) await sharedHub().startServer(user.name, name);
    for (const path of ["work/analysis/figures.ipynb", "work/model.ipynb", "notes.ipynb"]) await beside().elsewhere(path);
    await beside().elsewhere("console-1", "console");
    await beside().kernels.startNew("python3");
    await fetch(new URL("api/terminals", server), { method: "POST", headers: { Authorization: `token ${user.token}` } });
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    await workbench.sideBar.row(/figures\.ipynb \(work\/analysis\)/, pollMs);
    await opened(rowOf(workbench, /^Group, Without a notebook, 1 kernel/));
    await workbench.sideBar.row(/Terminal/, pollMs);
    await opened(rowOf(workbench, /^Group, Kernel specs/).first());
    await pictures(workbench, "many");
    const labels = await workbench.page
      .locator(".sidebar .monaco-list-row")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
    for (const label of [
      /^Account, ana @/,
      /^Server, Default server, running/,
      /^Session, figures\.ipynb \(work\/analysis\), idle/,
      /^Group, Without a notebook/,
      /^Kernel, Python 3/,
      /^Terminal, Terminal /,
      /^Kernel spec, /,
    ]) {
      assert.ok(
        labels.some((each) => label.test(each)),
        `no row is called ${label}:\n${labels.join("\n")}`,
      );
    }
    await rowOf(workbench, /notes\.ipynb/).click();
    await workbench.page.keyboard.press("ControlOrMeta+Alt+F");
    await workbench.page.keyboard.type("analysis");
    await waitFor(
      "the filter to leave what matches",
      async () => {
        const rows = await workbench.sideBar.rows();
        return rows.some((row) => row.includes("figures.ipynb")) && !rows.some((row) => row.includes("notes.ipynb"));
      },
      10_000,
    );
    await workbench.screenshot("out/screenshots/sidebar-filter.png");
    await workbench.page.keyboard.press("Escape");
    await workbench.sideBar.row(/notes\.ipynb/);
  });

  it("ends a terminal, after saying what that means", async () => {
    const { workbench } = window();
    await workbench.sideBar.rowAction(/Terminal/, /End Terminal/);
    assert.match(await workbench.answerDialog(/End terminal/, "End Terminal"), /for everyone/);
    assert.ok((await took("the terminal's row gone", workbench, (rows) => !rows.some((row) => /Terminal /.test(row)), 10_000)) <= truthMs);
    assert.deepEqual(
      await (await fetch(new URL("api/terminals", server), { headers: { Authorization: `token ${user.token}` } })).json(),
      [],
    );
  });

  it("says so where nothing can be reached, lies about nothing, and recovers by itself", async () => {
    const { workbench } = window();
    await sharedHub().stopProxyProcess();
    try {
      await workbench.quickInput.command("JupyterHub Connect: Refresh");
      await workbench.sideBar.row(/ana @ .* not reachable/, pollMs);
      await workbench.sideBar.row(/notes\.ipynb last seen idle/, pollMs);
      await workbench.clearNotifications();
      await pictures(workbench, "failing");
    } finally {
      await sharedHub().startProxyProcess();
    }
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    await workbench.sideBar.row(/notes\.ipynb idle/, pollMs);
    await took(
      "all that is reachable again",
      workbench,
      (rows) => !rows.some((row) => /not reachable|last seen|could not/i.test(row)),
      pollMs,
    );
  });

  it("shuts down everything that runs on a server, from its menu and after a list", async () => {
    const { workbench } = window();
    const running = (await beside().kernelsThere()).length;
    assert.ok(running > 1);
    await workbench.sideBar.rowMenuAction(/Default server/, "Shut Down Running Kernels");
    assert.match(
      await workbench.answerDialog(new RegExp(`Shut down ${running} kernels`), "Shut Down"),
      /sample\.ipynb[^]*notes\.ipynb[^]*variables are lost/,
    );
    await waitFor("no kernel to be left", async () => (await beside().kernelsThere()).length === 0, 20_000);
    await workbench.sideBar.row(/No notebook runs here/);
  });
});
