// What a hostile hub says, in a real window: none of its words becomes a link, an icon, or other words.
import assert from "node:assert/strict";
import { samplePath } from "../harness/sample/sampleNotebook";
import { FakeHub } from "../fakes/hub";
import { personWindow } from "../e2e/support/window";
import { Baits } from "./support/baits";
import { startHostileCertificate } from "./support/hostileCertificate";
import { loginPageAsking } from "./support/hostileHub";
import { ShownWords } from "./support/shownWords";

const token = "0123456789abcdef0123456789abcdef";

describe("a window and a hostile hub", () => {
  const window = personWindow({ files: [samplePath] });
  const baits = new Baits();
  const words = new ShownWords(() => window().workbench, baits);
  let hub: FakeHub;

  before(async () => void (hub = await FakeHub.start()));
  afterEach(async () => {
    const { workbench } = window();
    await workbench.quickInput.dismiss();
    if ((await workbench.notifications()).length > 0) await workbench.clearNotifications();
  });
  after(async () => {
    await hub.stop();
    assert.deepEqual(baits.touched, [], "programs that ran");
    baits.dispose();
  });

  const begin = async (url: string): Promise<void> => {
    const { quickInput } = window().workbench;
    await quickInput.command("JupyterHub: Sign In…");
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
    const reason = baits.command("Sign in again");
    hub.on("GET /hub/api/user", { status: 500, json: { message: reason.text } });
    await signInWithToken(token);
    await words.arePlain("notifications", reason, "hub-reason");
    hub.on("GET /hub/api/user");
  });

  it("shows the names in a refused certificate as words", async () => {
    const issuer = baits.page("Show it");
    const host = baits.command("Trust it");
    const server = await startHostileCertificate({ issuer: issuer.text, subject: host.text, hosts: [host.text, host.text] });
    await begin(server.url);
    await window().workbench.notification(/certificate of .* was refused/);
    await words.areRead("notifications", "Show it", "certificate");
    await words.areRead("notifications", "Trust it", "certificate");
    assert.deepEqual(server.received, []);
    await server.stop();
  });

  it("shows the labels of the sign-in page's further fields as words", async () => {
    const { quickInput } = window().workbench;
    const label = baits.page("Get a code");
    const placeholder = baits.command("Where is my code");
    hub.loginPage = loginPageAsking({ label: label.text.slice(0, 80) }, { placeholder: placeholder.text });
    await begin(hub.url.href);
    await quickInput.answer(/your user name on this hub/i, "ana");
    await quickInput.answer(/password of ana/i, "not this");
    await quickInput.expect(/also asks for/);
    await words.arePlain("quickInput", label, "login-label");
    await quickInput.answer(/also asks for/, "1");
    await words.arePlain("quickInput", placeholder, "login-placeholder");
    await quickInput.dismiss();
  });
});
