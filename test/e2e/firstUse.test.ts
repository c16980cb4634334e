// First use: from the welcome view and the walkthrough to the first output; what the view says where nothing runs.
import assert from "node:assert/strict";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { pickHubKernel, signIn, type HubUser } from "../harness/vscode/hubSteps";
import { hubUser } from "./support/user";
import { picturedThemes, takePictures } from "../harness/vscode/pictures";
import { personWindow } from "./support/window";

const pictures = "out/screenshots/first-use";

describe("first use", () => {
  const window = personWindow({ files: [samplePath], installs: true });
  let user: HubUser;

  before(() => {
    user = hubUser("ana");
  });
  after(() => sharedHub().stopServer("ana"));

  /** The titles of the walkthrough's steps that are done. */
  const stepsDone = async (): Promise<string[]> => {
    const { page } = window().workbench;
    const done = page.locator(".getting-started-step", { has: page.locator(".codicon-getting-started-step-checked") });
    return await done.locator(".step-title").allInnerTexts();
  };
  const picture = (name: string): Promise<void> => takePictures(window().workbench, `${pictures}/${name}`, ["light", "dark"]);
  const openStep = async (title: string): Promise<void> => {
    const { page } = window().workbench;
    const step = page.locator(".getting-started-step", { has: page.locator(".step-title", { hasText: title }) });
    if (!(await step.evaluate((element) => element.classList.contains("expanded")))) await step.locator(".step-title").click();
    await step.locator(".step-description-container").waitFor();
    await page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame").locator("svg").first().waitFor();
  };
  it("begins in the view, which says what is needed and shows how it works", async () => {
    const { workbench } = window();
    await workbench.sideBar.open("JupyterHub Connect");
    const sidebar = workbench.page.locator(".sidebar");
    await sidebar.getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
    await picture("welcome");
    for (const theme of picturedThemes("light", "dark")) {
      // With the walkthrough closed: whenever that draws anew it takes the focus from an open palette.
      await workbench.setTheme(theme);
      await sidebar.locator("a", { hasText: "How it works" }).click();
      await workbench.page.locator(".getting-started-step .step-title").first().waitFor();
      assert.deepEqual(await stepsDone(), []);
      for (const [index, title] of ["Sign in", "Pick a kernel", "Run a cell"].entries()) {
        await openStep(title);
        await workbench.screenshot(`${pictures}/walkthrough-${index + 1}-${theme}.png`);
      }
      await workbench.page.locator(".tab", { hasText: "Welcome" }).locator(".tab-actions .action-label").click();
      await workbench.page.locator(".tab").first().waitFor({ state: "detached" });
    }
  });

  it("offers no command that cannot work yet", async () => {
    const { quickInput, page } = window().workbench;
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget .quick-input-box input").fill(">JupyterHub Connect: ");
    const first = await quickInput.waitForEntry(/JupyterHub Connect: Sign In/);
    const entries = (await quickInput.entries()).filter((entry) => entry.includes("JupyterHub Connect:") && !entry.includes("Focus on"));
    await quickInput.dismiss();
    assert.ok(first);
    assert.deepEqual(
      entries.filter((entry) => /Sign Out|Refresh|Server|Kernel|Open Hub/.test(entry)),
      [],
    );
  });

  it("ticks off each step as it is taken", async () => {
    const { workbench } = window();
    await signIn(workbench, user);
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("sample.ipynb");
    await pickHubKernel(workbench, user);
    const cell = sampleCell("counter");
    await workbench.notebook.run(cell);
    assert.equal(await workbench.notebook.ended(cell, 60_000), "ok");
    await workbench.quickInput.command("Welcome: Open Walkthrough...");
    await workbench.quickInput.pick(/Get started with JupyterHub Connect/);
    await workbench.page.locator(".getting-started-step .step-title").first().waitFor();
    await waitFor("all steps", async () => (await stepsDone()).length === 3, 10_000);
    await workbench.screenshot(`${pictures}/walkthrough-done.png`);
  });

  it("says in the view what to do where no server runs, and where no hub can be reached", async () => {
    const { workbench } = window();
    await sharedHub().stopServer(user.name);
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    const message = workbench.page.locator(".sidebar .message");
    await message.filter({ hasText: "No server is running" }).waitFor();
    await picture("nothing-running");
    await sharedHub().stopProxyProcess();
    try {
      await workbench.quickInput.command("JupyterHub Connect: Refresh");
      await message.filter({ hasText: "No hub can be reached" }).waitFor();
      await picture("unreachable");
    } finally {
      await sharedHub().startProxyProcess();
    }
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    await message.filter({ hasText: "No server is running" }).waitFor();
  });
});
