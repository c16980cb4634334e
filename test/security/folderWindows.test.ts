// Windows whose folders name hubs: what of it a person is offered, for a folder of this computer and for one on a server.
import assert from "node:assert/strict";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { waitFor } from "../harness/processes/wait";
import { samplePath } from "../harness/sample/sampleNotebook";
import { quietSettings } from "../harness/vscode/settings";
import { Workbench } from "../harness/vscode/workbench";
import { personWindow } from "../e2e/support/window";
import { FakeHub } from "../fakes/hub";

const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----";

describe("a window with a hostile folder", function () {
  this.timeout(180_000);
  let hub: FakeHub;
  const window = personWindow(async () => {
    hub = await FakeHub.start();
    hub.on("POST /hub/api/oauth2/token", { json: { access_token: "flow-token", token_type: "Bearer", expires_in: 3600, scope: "" } });
    return { files: [samplePath], settings: quietSettings };
  });
  after(() => hub.stop());

  const onServer = { uri: "jupyterhub-connect://ana@hub.example.org/course", name: "course" };
  /** Opens a workspace file with these folders, whose settings name the hub. */
  const open = async (name: string, folders: readonly object[], more: object = {}): Promise<Workbench> => {
    const { server, browser } = window();
    const directory = path.join(server.directory, name);
    mkdirSync(path.join(directory, "local"), { recursive: true });
    writeFileSync(path.join(directory, "local", "readme.md"), "# A course");
    const file = path.join(directory, `${name}.code-workspace`);
    const settings = { "jupyterhubConnect.hubs": [{ url: hub.url.href, label: "Example University", ...more }] };
    writeFileSync(file, JSON.stringify({ folders, settings }));
    // VS Code drops what it has read of the file where it is not ready for that yet, and shows no folder until the file changes.
    const touch = (): void => utimesSync(file, new Date(), new Date());
    return Workbench.open(browser, `${server.url}?workspace=${encodeURIComponent(file)}`, touch);
  };
  /** What *Sign In…* shows first. */
  const offered = async ({ quickInput }: Workbench): Promise<string> => {
    await quickInput.command("JupyterHub Connect: Sign In…");
    const shown = await quickInput.expect(/Paste the address of your JupyterHub|Choose your JupyterHub/);
    await quickInput.dismiss();
    return shown;
  };

  it("is offered the hub of a folder of this computer once that is trusted, as the folder's", async () => {
    const workbench = await open("local", [{ path: "local" }]);
    assert.doesNotMatch(await offered(workbench), /Example University/, "before it is trusted");
    await workbench.trust();
    await workbench.quickInput.command("JupyterHub Connect: Sign In…");
    const entry = await workbench.quickInput.waitForEntry(/^Example University/);
    assert.match(entry, new RegExp(`${hub.url.host}/ · from this folder`));
    await workbench.screenshot("out/screenshots/folder-hub.png");
    await workbench.quickInput.dismiss();
    await workbench.page.close();
  });

  for (const [name, folders] of Object.entries({
    "a folder on a server": [onServer],
    "one on a server beside one of this computer": [{ path: "local" }, onServer],
  })) {
    it(`is offered nothing by ${name}`, async () => {
      const workbench = await open(name.replaceAll(" ", "-"), folders);
      // VS Code asks here for the workspace file's sake; of such a folder alone it does not.
      await workbench.trust();
      assert.doesNotMatch(await offered(workbench), /Example University/);
      await workbench.page.close();
    });
  }

  it("is told that a file of the person has no place in a folder's entry, and sends it nowhere", async () => {
    const key = path.join(window().server.directory, "private-key");
    writeFileSync(key, privateKey, { mode: 0o600 });
    const workbench = await open("oauth", [{ path: "local" }], {
      oauth: { clientId: "x", clientSecretFile: key, redirectUri: "http://127.0.0.1:48123/cb" },
    });
    await workbench.trust();
    await workbench.quickInput.command("JupyterHub Connect: Sign In…");
    await workbench.notification(
      /A hub in the settings of this folder cannot be used\. .*oauth: this has its place only in your own settings/,
    );
    // Whoever types the address gets the ways in that the hub's own page has.
    await workbench.quickInput.answer(/Paste the address of your JupyterHub/, hub.url.href);
    await waitFor("the hub's page to be read", () => hub.asked.includes("GET /hub/login"), 20_000);
    await workbench.quickInput.expect(/Your user name on this hub/);
    await workbench.quickInput.dismiss();
    assert.ok(!hub.asked.some((each) => each.includes("oauth2")), hub.asked.join());
    assert.ok(!JSON.stringify(hub.received).includes("BEGIN OPENSSH"));
    await workbench.page.close();
  });
});
