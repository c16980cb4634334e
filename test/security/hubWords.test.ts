// What hostile hubs, servers without a hub and certificates say, in a real window: no word becomes a link, an icon, or another word.
import assert from "node:assert/strict";
import { waitFor } from "../harness/processes/wait";
import { mayLog } from "../harness/results/loggedErrors";
import { samplePath } from "../harness/sample/sampleNotebook";
import { FakeHub } from "../fakes/hub";
import { personWindow } from "../e2e/support/window";
import { Baits } from "./support/baits";
import { folderSettings } from "./support/folderSettings";
import { startHostileCertificate } from "./support/hostileCertificate";
import { loginPageAsking, spawnPage, spawnsUntilTold, takesPasswords } from "./support/hostileHub";
import { ShownWords, tidy } from "./support/shownWords";
import { serverWords } from "./support/serverWords";

const token = "0123456789abcdef0123456789abcdef";

describe("a window and a hostile hub", () => {
  const window = personWindow({ files: [samplePath] });
  const baits = new Baits();
  const words = new ShownWords(() => window().workbench, baits);
  let hub: FakeHub;

  before(async () => void (hub = await FakeHub.start()));
  afterEach(async () => {
    hub.on("GET /hub/api/user"); // as usual again
    await tidy(window().workbench);
  });
  after(async () => {
    await hub.stop();
    assert.deepEqual(baits.touched, [], "programs that ran");
    baits.dispose();
  });

  const begin = async (url: string): Promise<void> => {
    const { quickInput } = window().workbench;
    await quickInput.command("JupyterHub Connect: Sign In…");
    await quickInput.answer(/address of your JupyterHub/i, url);
  };
  const signInWithToken = async (given: string): Promise<void> => {
    const { quickInput } = window().workbench;
    await begin(hub.url.href);
    await quickInput.expect(/user name/i);
    await quickInput.button("Sign In with a Token Instead");
    await quickInput.answer(/paste a token/i, given);
  };

  it("shows the reason of a refusal as words", async () => {
    mayLog(/signIn failed: /);
    const reason = baits.command("Sign in again");
    hub.on("GET /hub/api/user", { status: 500, json: { message: reason.text } });
    await signInWithToken(token);
    await words.arePlain("notifications", reason, "hub-reason");
  });

  it("shows the title of an error page as words", async () => {
    mayLog(/signIn failed: /);
    const title = baits.page("Status page");
    hub.on("GET /hub/api/user", { status: 502, html: `<html><head><title>${title.text}</title></head></html>` });
    await signInWithToken(token);
    await words.arePlain("notifications", title, "hub-title");
  });

  it("shows the names in a refused certificate as words, and sends nothing", async () => {
    mayLog(/signIn failed: /);
    const issuer = baits.page("Show it");
    const host = baits.command("Trust it");
    const server = await startHostileCertificate({ issuer: issuer.text, subject: host.text, hosts: [host.text] });
    await begin(server.url);
    await window().workbench.notification(/certificate of .* was refused/);
    await words.areRead("notifications", issuer.words, "certificate");
    await words.areRead("notifications", host.words, "certificate");
    assert.deepEqual(server.received, []);
    await server.stop();
  });

  it("shows the labels of the sign-in page's further fields as words", async () => {
    const { quickInput } = window().workbench;
    const label = baits.page("Get a code");
    const placeholder = baits.command("Where is my code");
    hub.loginPage = loginPageAsking({ label: label.text }, { placeholder: placeholder.text });
    await begin(hub.url.href);
    await quickInput.answer(/your user name on this hub/i, "ana");
    await quickInput.answer(/password of ana/i, "not this");
    await quickInput.expect(/also asks for/);
    await words.arePlain("quickInput", label, "login-label");
    await quickInput.answer(/also asks for/, "1");
    await words.arePlain("quickInput", placeholder, "login-placeholder");
    hub.loginPage = loginPageAsking();
  });

  it("shows a user's name, and why no token is made, as words", async () => {
    const { workbench } = window();
    const user = baits.command("Ana");
    const reason = baits.command("Renew it");
    hub.tokens.set(token, user.text);
    hub.on(`POST /hub/api/users/${encodeURIComponent(user.text)}/tokens`, { status: 403, json: { message: reason.text } });
    await signInWithToken(token);
    await workbench.notification(/Signed in as/);
    await words.arePlain("notifications", user, "user-name");
    await words.arePlain("notifications", reason, "user-name");
    await workbench.sideBar.open("JupyterHub Connect");
    await words.arePlain("sidebar", user, "user-row");
    await workbench.sideBar.rowHover(/Ana/);
    await words.areRead("hover", user.words, "user-hover");
    await workbench.openAccounts();
    await words.areRead("menu", user.words, "user-account");
    await workbench.dismiss();
  });

  it("asks whether to sign a hostile name out in words", async () => {
    const { workbench } = window();
    await workbench.clearNotifications();
    await workbench.quickInput.command("JupyterHub Connect: Sign Out…");
    await words.areRead("dialog", "Ana", "sign-out");
    await workbench.answerDialog(/Sign out of/, "Sign Out");
    await workbench.sideBar.open("JupyterHub Connect");
    await workbench.page.locator(".sidebar").getByRole("button", { name: "Sign In to a JupyterHub" }).waitFor();
  });

  it("shows what a start reports, and why it fails, as words", async () => {
    mayLog(/ was not started: /);
    const { workbench } = window();
    const { quickInput } = workbench;
    const message = baits.command("Show progress");
    const reason = baits.command("Why it failed");
    const spawn = spawnsUntilTold(hub, "bea", message.text, `Spawn failed: ${reason.text}`);
    hub.passwords.set("bea", "secret");
    await workbench.sideBar.open("JupyterHub Connect");
    takesPasswords(hub);
    await begin(hub.url.href);
    await quickInput.answer(/your user name on this hub/i, "bea");
    await quickInput.answer(/password of bea/i, "secret");
    await workbench.answerNotification(/^Signed in as bea/, "Start Server");
    await words.arePlain("notifications", message, "spawn-progress");
    await words.arePlain("sidebar", message, "spawn-row");
    spawn.fail();
    await workbench.notification(/could not start your server/);
    await words.arePlain("notifications", reason, "spawn-failure");
  });

  it("shows what a spawn page offers as words", async () => {
    const { workbench } = window();
    const { quickInput } = workbench;
    const texts = {
      profile: baits.command("Small").text,
      description: baits.command("Prices").text,
      option: baits.page("Images").text,
      choice: baits.page("Newest").text,
      other: baits.page("Another").text,
    };
    const hint = baits.command("List of images");
    hub.on("GET /hub/spawn/bea", { html: spawnPage("bea", { ...texts, hint: hint.text }) });
    await workbench.sideBar.rowAction(/Default server/, /Start Server with Options/);
    await quickInput.pick(/Choose from What the Hub Offers/);
    await quickInput.waitForEntry(/Small/);
    await words.areRead("quickInput", "Small", "spawn-profiles");
    await words.areRead("quickInput", "Prices", "spawn-profiles");
    await quickInput.pick(/Small/);
    await quickInput.waitForEntry(/Another/);
    await words.areRead("quickInput", "Images", "spawn-choices");
    await quickInput.pick(/Another/);
    await quickInput.expect(/List of images/);
    await words.arePlain("quickInput", hint, "spawn-hint");
    await workbench.page.keyboard.type("something");
    await workbench.page.keyboard.press("Enter");
    await waitFor(
      "the refusal",
      async () =>
        (await workbench.page
          .locator(".quick-input-message .codicon-error, .quick-input-widget .severity-error, .quick-input-widget .monaco-inputbox.error")
          .count()) > 0,
      5_000,
    );
    await words.arePlain("quickInput", hint, "spawn-refused");
  });

  it("shows the problem on a spawn page as words", async () => {
    const { workbench } = window();
    const problem = baits.command("Ask for access");
    hub.on("GET /hub/spawn/bea", { html: `<p class="spawn-error-msg">${problem.text}</p>` });
    await workbench.sideBar.rowAction(/Default server/, /Start Server with Options/);
    await workbench.notification(/spawn page .* could not be read/);
    await words.arePlain("notifications", problem, "spawn-problem");
  });

  it("shows a server's name as words", async () => {
    const { workbench } = window();
    const name = baits.command("My GPU");
    hub.servers.set("gpu", { ready: false, pending: null, stopped: true, display_name: name.text });
    await workbench.quickInput.command("JupyterHub Connect: Refresh");
    await workbench.sideBar.row(/My GPU/);
    await words.arePlain("sidebar", name, "server-row");
    await workbench.sideBar.rowHover(/My GPU/);
    await words.areRead("hover", name.words, "server-hover");
    await workbench.sideBar.rowAction(/My GPU/, /Start Server with Options/);
    await words.areRead("quickInput", name.words, "server-options");
    await workbench.quickInput.dismiss();
    await workbench.sideBar.rowMenuAction(/My GPU/, "Delete Server…");
    await words.areRead("dialog", name.words, "server-delete");
    await workbench.answerDialog(/My GPU/, "Cancel");
  });

  serverWords(window, baits, words);
  folderSettings(window, () => hub, baits, words);
});
