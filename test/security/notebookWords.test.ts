// What a hostile notebook can do in a real window, opened only and run, and another extension; what is left after signing out.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import path from "node:path";
import type { Locator } from "playwright-core";
import { sharedHub } from "../harness/hub/shared";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { accountLabel, pickHubKernel, type HubUser } from "../harness/vscode/hubSteps";
import { savesOnDemand } from "../harness/vscode/settings";
import { filesWith } from "../e2e/support/files";
import { personWindow } from "../e2e/support/window";
import { Baits, icon } from "./support/baits";
import { browserStorage } from "./support/browserStorage";
import { startHostileFront, type HostileFront } from "./support/hostileFront";
import { writeNotebook } from "./support/notebooks";
import { otherCommands, otherExtension, otherSignature, type OtherExtension } from "./support/otherExtension";
import { linksWith, ShownWords, tidy } from "./support/shownWords";

/** The extension host answers in a fraction of a second; this bounds a machine that is busy. Its freezes last a minute and more. */
const reactsMs = 15_000;
const startMs = 120_000;
const name = "ana";

describe("a window and a hostile notebook", function () {
  this.timeout(4 * 60_000);
  const baits = new Baits();
  const control = baits.command("Control");
  let other: OtherExtension;
  const window = personWindow(async () => {
    other = await otherExtension(control.text);
    return { files: [samplePath], others: [other.vsix], settings: savesOnDemand };
  });
  const words = new ShownWords(() => window().workbench, baits);
  let front: HostileFront;
  let user: HubUser;

  before(async () => {
    front = await startHostileFront(new URL(sharedHub().url));
    user = { url: front.url, name, token: "" };
  });
  afterEach(() => tidy(window().workbench));
  after(async () => {
    await front.stop();
    other.dispose();
    await sharedHub().stopServer(name);
    assert.deepEqual(baits.touched, [], "programs that ran");
    baits.dispose();
  });

  const prompt = (): Locator => window().workbench.page.locator(".quick-input-widget input");
  /** Opens a notebook of these cells. */
  const open = async (file: string, cells: readonly string[], metadata: object = {}): Promise<void> => {
    const { workbench, folder } = window();
    await workbench.sideBar.open("Explorer");
    writeNotebook(path.join(folder, file), cells, metadata);
    await workbench.openNotebook(file);
  };

  it("finds the links that VS Code makes of another extension's words", async () => {
    const { workbench } = window();
    await workbench.quickInput.command(otherCommands.show);
    await workbench.notification(/A control/);
    await prompt().waitFor();
    assert.deepEqual((await linksWith(workbench.page, baits.mark)).map(({ text }) => text).sort(), ["Control", "Control"]);
  });

  it("shows what a notebook says of itself as words", async () => {
    const { workbench } = window();
    const kernel = baits.command("Python 3");
    const metadata = {
      kernelspec: { name: kernel.text, display_name: `${icon.text} ${kernel.text}`, language: "constructor" },
      language_info: { name: "constructor", __proto__: { version: "1" } },
    };
    await open("metadata.ipynb", ["1 + 1"], metadata);
    await workbench.notebook.openKernelPicker();
    await words.noneIsLink();
    await workbench.screenshot("out/screenshots/security-metadata.png");
  });

  it("asks what a kernel asks in words", async () => {
    const { workbench } = window();
    const { notebook, quickInput } = workbench;
    await signedIn();
    const [asked, secret] = [baits.command("Continue"), baits.command("Unlock")];
    await open("asks.ipynb", [
      `input(${JSON.stringify(`${icon.text} ${asked.text}`)})`,
      `import getpass\ngetpass.getpass(${JSON.stringify(secret.text)})`,
    ]);
    await pickHubKernel(workbench, user);
    for (const [cell, bait] of [asked, secret].entries()) {
      await notebook.run(cell);
      await quickInput.expect(new RegExp(bait.words), startMs);
      // Answered in any case, so that the cell ends.
      await words.arePlain("quickInput", bait, `input-${cell + 1}`).finally(() => quickInput.answer(new RegExp(bait.words), "42"));
      assert.equal(await notebook.ended(cell, 20_000), "ok");
    }
  });

  it("shows what a kernel says of a name as text that leads nowhere", async () => {
    const { workbench } = window();
    await signedIn();
    const { notebook, page } = workbench;
    const doc = baits.command("Read more");
    const html = `<a href="${/\((.*)\)$/.exec(doc.text)?.[1] ?? ""}">Read more</a>`;
    const markdown = JSON.stringify(`Docs: ${doc.text} ${icon.text} ${html}`);
    const source = `shell = get_ipython().kernel\nshell.do_inspect = lambda *a, **k: {"status": "ok", "found": True, "data": {"text/markdown": ${markdown}}, "metadata": {}}`;
    await open("hover.ipynb", [source, "pointed_at"]);
    await pickHubKernel(workbench, user);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 60_000), "ok");
    await page
      .locator(".view-line", { hasText: /^pointed_at$/ })
      .getByText("pointed_at")
      .hover();
    await page.locator(".monaco-hover:not(.hidden)", { hasText: "Docs" }).waitFor();
    await words.areRead("hover", "Read more", "kernel-docs");
  });

  it("tells in words why an interrupt did not get through, beside links of our own that work", async () => {
    const { workbench } = window();
    await signedIn();
    const { notebook, page } = workbench;
    const reason = baits.command("Interrupt it yourself");
    await open("stuck.ipynb", ["import time\nfor second in range(600):\n    time.sleep(1)"]);
    await pickHubKernel(workbench, user);
    await notebook.run(0);
    await workbench.kernelStatus.filter({ hasText: "Kernel busy: cell 1" }).waitFor({ timeout: 60_000 });
    front.say(/^POST .*\/interrupt$/, { status: 500, json: { message: reason.text } });
    await notebook.interrupt(0);
    await workbench.notification(/still runs/, 30_000);
    await words.arePlain("notifications", reason, "stuck").finally(async () => {
      front.say(/^POST .*\/interrupt$/);
      await page.locator(".notification-toast a", { hasText: "Interrupt Again" }).click();
    });
    assert.equal(await notebook.ended(0, 30_000), "error");
  });

  it("shows the names of files on a server, and why one is not saved, as words", async () => {
    const { workbench } = window();
    await signedIn();
    const { notebook, page, quickInput } = workbench;
    const [file, reason] = [baits.command("Read me"), baits.command("Save it there")];
    const server = await sharedHub().startServer(name);
    const content = {
      cells: [{ cell_type: "code", id: "a", metadata: {}, execution_count: null, outputs: [], source: "1" }],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    };
    for (const each of [`${file.text}.ipynb`, "plain.ipynb"]) {
      const headers = { Authorization: `token ${sharedHub().user(name).token}` };
      const answer = await fetch(new URL(`api/contents/${encodeURIComponent(each)}`, server), {
        method: "PUT",
        headers,
        body: JSON.stringify({ type: "notebook", format: "json", content }),
      });
      assert.equal(answer.status, 201);
    }
    const openOnServer = async (title: RegExp): Promise<void> => {
      await quickInput.command("JupyterHub Connect: Open Notebook on Server…");
      await quickInput.waitForEntry(title);
      await words.noneIsLink();
      await quickInput.pick(title);
      await page.locator(".tab.active", { hasText: title }).waitFor();
      await notebook.shown();
    };
    await openOnServer(/Read me/);
    await words.areRead("editor", file.words, "server-file");
    await openOnServer(/plain/);
    await notebook.select(0);
    await page.keyboard.press("Enter");
    await page.keyboard.type("2");
    await page.keyboard.press("Escape");
    front.say(/^PUT .*\/api\/contents\//, { status: 500, json: { message: reason.text } });
    await quickInput.command("File: Save");
    await workbench.notification(/Failed to save/);
    await words.arePlain("notifications", reason, "save-failure").finally(() => front.say(/^PUT .*\/api\/contents\//));
    await workbench.clearNotifications();
    await workbench.save();
  });

  it("gives another extension no token, also when the person lets it use the account", async () => {
    const { workbench } = window();
    await signedIn();
    await workbench.quickInput.command(otherCommands.ask);
    await workbench.answerDialog(new RegExp(`'${other.name}' wants to sign in`), "Allow");
    await workbench.quickInput.expect(new RegExp(`'${other.name}' wants to access`));
    await workbench.quickInput.pick(new RegExp(accountLabel(user)));
    const got = await workbench.notification(/^Got/);
    assert.match(got, new RegExp(`^Got "" of ${accountLabel(user)}`), "what the other extension got");
    for (const token of front.tokens) assert.ok(!got.includes(token), "a token that is sent to the hub");
  });

  it("leaves nothing of the account after signing out: no token, password, cookie or journal", async () => {
    const { workbench, server } = window();
    await signedIn();
    const { notebook, page, quickInput } = workbench;
    await quickInput.command("Create: New Jupyter Notebook");
    await page.locator(".tab.active", { hasText: "Untitled-1" }).waitFor();
    await notebook.shown();
    await notebook.select(0);
    await page.keyboard.press("Enter");
    await page.keyboard.type("'written down'");
    await page.keyboard.press("Escape");
    await pickHubKernel(workbench, user);
    await notebook.run(0);
    assert.equal(await notebook.ended(0, 60_000), "ok");
    const runs = path.join(server.directory, "user-data", "User", "globalStorage", "jupyterhub-connect.jupyterhub-connect", "runs");
    assert.ok(readdirSync(runs).length > 0, "a journal of the notebook that is not saved");
    await quickInput.command("JupyterHub Connect: Sign Out…");
    await workbench.answerDialog(/Sign out of/, "Sign Out");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.page.locator(".sidebar").getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
    const cookies = [...front.cookies].filter((pair) => /hub-login|session/.test(pair)).map((pair) => pair.slice(pair.indexOf("=") + 1));
    assert.ok(front.tokens.size > 0 && cookies.length > 0, "secrets were seen");
    const secrets = [...front.tokens, ...cookies, sharedHub().user(name).password];
    const kept = await browserStorage(page);
    for (const secret of secrets) {
      assert.deepEqual(filesWith(server.directory, secret), [], "files of VS Code that hold a secret");
      assert.ok(!kept.includes(secret), "the browser keeps a secret");
    }
    assert.deepEqual(
      filesWith(path.join(server.directory, "user-data"), "jupyterhub-hub-login"),
      [],
      "files of VS Code that know of a session",
    );
    for (const token of front.tokens) {
      // The view shows that nobody is signed in while the hub is still being told.
      const status = async (): Promise<number> =>
        (await fetch(new URL("hub/api/user", sharedHub().url), { headers: { Authorization: `token ${token}` } })).status;
      await waitFor("a token to hold no more", async () => (await status()) === 403, 10_000);
    }
    await waitFor("the journals to go", () => readdirSync(runs).length === 0 || undefined, 10_000);
  });

  // The last one: a window that stands still would take the others with it.
  it("does not freeze when a bracket is typed behind a long word and brackets", async () => {
    const { workbench } = window();
    const { notebook, page, quickInput } = workbench;
    await open("long-word.ipynb", [`key = "ok"\n${"0123456789abcdef".repeat(2_500)}\n${"(".repeat(20)}`]);
    await notebook.select(0);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+End");
    await page.keyboard.type("(");
    const at = performance.now();
    await page.locator(".view-line", { hasText: "(".repeat(21) }).waitFor({ timeout: reactsMs });
    // VS Code asks one extension after the other: this one is the last, and all are in the process that would stand still.
    await page.locator(".parameter-hints-widget", { hasText: otherSignature }).waitFor({ timeout: reactsMs });
    console.log(`      the answer to a bracket: ${Math.round(performance.now() - at)} ms`);
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.expect(/address of your JupyterHub/i, reactsMs);
    await quickInput.dismiss();
    await page.keyboard.press("Escape");
  });

  /** With a password, once; the server runs then. */
  async function signedIn(): Promise<void> {
    if (front.tokens.size > 0) return;
    const { workbench } = window();
    const { quickInput } = workbench;
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.answer(/address of your JupyterHub/i, user.url);
    await quickInput.answer(/your user name on this hub/i, name);
    await quickInput.answer(/password of ana/i, sharedHub().user(name).password);
    await workbench.answerNotification(/^Signed in as/, "Start Server");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.sideBar.row(/Default server running/, startMs);
  }
});
