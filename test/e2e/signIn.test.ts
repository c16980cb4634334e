// Every way into a hub, as a person goes it: from an address to the first output.
import assert from "node:assert/strict";
import path from "node:path";
import * as v from "valibot";
import { startFaultProxy } from "../harness/faultProxy";
import { startHub, type TestHub } from "../harness/hub/hub";
import { sharedHub, stackVersion } from "../harness/hub/shared";
import { out } from "../harness/paths";
import { waitFor } from "../harness/processes/wait";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { accountLabel } from "../harness/vscode/hubSteps";
import { filesWith } from "./support/files";
import { personWindow } from "./support/window";

const tokenList = v.object({ api_tokens: v.array(v.object({ id: v.string(), note: v.nullable(v.string()) })) });
const startMs = 120_000;

const person = "ana";

/** The notes of the person's tokens that are ours, of this window and of others. */
async function ours(hub: TestHub): Promise<string[]> {
  const answer = await hub.api(`users/${person}/tokens`, {}, [200]);
  return v
    .parse(tokenList, await answer.json())
    .api_tokens.flatMap(({ note }) => (note?.startsWith("JupyterHub Connect in ") ? [note] : []));
}

function greeting(url: string): RegExp {
  return new RegExp(`^Signed in as ${accountLabel({ url, name: person, token: "" })}`);
}

describe("the way into a hub", () => {
  const window = personWindow({ files: [samplePath] });
  const picture = async (name: string): Promise<void> => {
    const { page } = window().workbench;
    await page.mouse.move(1000, 860); // the input box is where the pointer rests for other pictures
    await page.screenshot({ path: path.join(out, "screenshots", `${name}.png`) });
  };

  /** Of earlier windows, which were closed signed in. */
  let others: string[] = [];
  before(async () => void (others = await ours(sharedHub())));

  const signOut = async (hub: TestHub, left: readonly string[]): Promise<void> => {
    const { workbench } = window();
    await workbench.quickInput.command("JupyterHub Connect: Sign Out…");
    await workbench.answerDialog(/Sign out of/, "Sign Out");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.page.locator(".sidebar").getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
    await waitFor("our token to be revoked", async () => (await ours(hub)).length === left.length, 20_000);
  };

  after(() => sharedHub().stopServer(person));

  it("takes at most six steps from Run to the first output, knowing address, name and password", async () => {
    const { workbench, server } = window();
    const { notebook, quickInput } = workbench;
    const { password } = sharedHub().user(person);
    await workbench.openNotebook("sample.ipynb");
    const cell = sampleCell("counter");
    await notebook.select(cell);

    let steps = 0;
    const step = async (work: Promise<unknown>): Promise<void> => {
      await work;
      steps += 1;
    };
    await step(notebook.pressRun(cell));
    await quickInput.expect(/address of your JupyterHub/i);
    await picture("sign-in-address");
    await step(quickInput.answer(/address of your JupyterHub/i, sharedHub().url));
    await quickInput.expect(/user name/i);
    await picture("sign-in-name");
    await step(quickInput.answer(/your user name on this hub/i, person));
    await quickInput.expect(/password of ana/i);
    await picture("sign-in-password");
    await step(quickInput.answer(/password of ana/i, password));
    assert.equal(await notebook.ended(cell, startMs), "ok");
    const outputs = await notebook.outputsOnce(cell, (now) => now.length > 0);
    assert.match(outputs[0]?.text ?? "", /step 5 of 5/);
    assert.ok(steps <= 6, `${steps} steps`);
    await picture("sign-in-first-output");

    const added = (await ours(sharedHub())).filter((note) => !others.includes(note));
    assert.deepEqual(added.map((note) => / for the server \(/.test(note)).toSorted(), [false, true], "one for the hub, one for the server");
    const entries = await workbench.openAccounts();
    await workbench.dismiss();
    const label = accountLabel({ url: sharedHub().url, name: person, token: "" });
    assert.ok(
      entries.some((entry) => entry.startsWith(label)),
      entries.join(", "),
    );
    assert.deepEqual(filesWith(server.directory, password), []);
    await signOut(sharedHub(), others);
  });

  it("names the person's mistake in the box where it can be mended: a wrong password", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    await workbench.setTheme("dark");
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.answer(/address of your JupyterHub/i, new URL("user/ana/lab", sharedHub().url).href);
    await quickInput.expect(/user name/i);
    assert.equal(await quickInput.value(), person, "the pasted address knows the name");
    await quickInput.answer(/user name/i, person);
    await quickInput.answer(/password of ana/i, "not this");
    await quickInput.expect(/does not accept this user name and password/);
    await picture("sign-in-wrong-password");
    await quickInput.dismiss();
    assert.deepEqual(await ours(sharedHub()), others);
  });

  it("leaves password and token in no file, no setting, no address", async () => {
    const { workbench, server } = window();
    const { quickInput } = workbench;
    const { hostname, port } = new URL(sharedHub().url);
    const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
    const { password } = sharedHub().user(person);
    const address = proxy.through(sharedHub().url);
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.answer(/address of your JupyterHub/i, address);
    await quickInput.answer(/your user name on this hub/i, person);
    await quickInput.answer(/password of ana/i, password);
    await workbench.notification(greeting(address));
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.sideBar.row(/Default server running/);
    const tokens = new Set(proxy.requests.flatMap(({ headers }) => /^authorization: token (\S+)/im.exec(headers)?.[1] ?? []));
    assert.ok(tokens.size > 0 && proxy.requests.length > 3, "requests were seen");
    for (const secret of [...tokens, password]) {
      assert.deepEqual(filesWith(server.directory, secret), []);
      const asked = proxy.requests.map(({ line }) => line).join("\n");
      assert.ok(!asked.includes(secret) && !asked.includes(encodeURIComponent(secret)), asked);
    }
    await signOut(sharedHub(), others);
    proxy.close();
  });

  describe("of a hub with single sign-on", () => {
    let hub: TestHub;
    before(async () => void (hub = await startHub({ version: stackVersion, singleSignOn: true })));
    after(() => hub.stop());

    it("leads through the browser: the token that the person copies there is offered, and sent when they take it and confirm", async () => {
      const { workbench } = window();
      const { quickInput, page } = workbench;
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      const pages = await workbench.openedPage(async () => {
        await quickInput.command("JupyterHub Connect: Sign In…");
        await quickInput.answer(/address of your JupyterHub/i, hub.url);
      });
      assert.equal(pages.url().split("?")[0], new URL("hub/login", hub.url).href);
      await pages.getByRole("button", { name: "Sign in with the University" }).click();
      await pages.waitForURL(/hub\/token/);
      await pages.waitForLoadState("networkidle"); // the page's scripts, which make the button work, are loaded late
      await pages.getByRole("button", { name: "Request new API token" }).click();
      const token = (
        await pages
          .locator("#token-result")
          .filter({ hasText: /^\s*\w{32}/ })
          .innerText()
      ).trim();
      const before = await ours(hub);
      await pages.evaluate((text) => navigator.clipboard.writeText(text), "a note that is no token");
      await workbench.comeBack();
      await quickInput.expect(/token page: sign in there/);
      assert.equal(await quickInput.value(), "");
      await pages.bringToFront();
      await pages.evaluate((text) => navigator.clipboard.writeText(text), token);
      await workbench.comeBack();
      await quickInput.expect(/holds what may be a token\. Press “Paste the Token”/);
      assert.deepEqual([await quickInput.value(), await ours(hub), before], ["", [], []], "nothing is filled in");
      await quickInput.button("Paste the Token");
      await quickInput.expect(/Press Enter to sign in/);
      await picture("sign-in-browser");
      assert.deepEqual([await quickInput.value(), await ours(hub), before], [token, [], []]);
      await page.keyboard.press("Enter");
      await workbench.notification(greeting(hub.url));
      assert.equal((await ours(hub)).length, 1);
      await pages.close();
      await signOut(hub, []);
    });
  });
});
