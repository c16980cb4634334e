// Logging in by the form, and reading the spawn page, with cookies instead of the token.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { logIn, readSpawnForm } from "../../../../src/hub/pages/pages";
import { serverSettings, type ServerSettings } from "../../../../src/transport/settings";
import { FakeHub, type Received } from "../../../fakes/hub";
import { failure } from "../../../harness/failure";

const loginPage = `<form action="/jupyter/hub/login?next=" method="post"><input type="hidden" name="_xsrf" value="x1">
  <input name="username"><input type="password" name="password"></form>`;
const spawnPage = `<form id="spawn_form" action="/jupyter/hub/spawn/ana" method="post">
  <input type="radio" name="profile" value="small" checked></form>`;

describe("hub pages", () => {
  let hub: FakeHub;
  let settings: ServerSettings;
  beforeEach(async () => {
    hub = await FakeHub.start("/jupyter/");
    settings = serverSettings({ baseUrl: hub.url, token: "good-token", label: "ana @ hub" });
  });
  afterEach(() => hub.stop());

  /** A hub that takes `ana` and `secret`, as JupyterHub 4.1 and later do. */
  const takesPasswords = (): void => {
    hub.on("GET /hub/login", { html: loginPage, headers: { "set-cookie": "_xsrf=x1; Path=/jupyter/hub/" } });
    hub.on("POST /hub/login", (request: Received) => {
      const form = new URLSearchParams(request.body);
      const good = form.get("password") === "sécret & co" && form.get("_xsrf") === "x1" && request.cookie === "_xsrf=x1";
      const cookies = [
        'jupyterhub-hub-login="2|1:0|s="; HttpOnly; Path=/jupyter/hub/',
        "_xsrf=x2; Path=/",
        "old=; expires=Thu, 01 Jan 1970 00:00:00 GMT",
      ];
      return good ? { status: 302, headers: { location: "/jupyter/hub/home", "set-cookie": cookies } } : { status: 403, html: loginPage };
    });
  };

  it("log in with the form's hidden fields and return the session's cookies, sending no token", async () => {
    takesPasswords();
    assert.equal(await logIn(settings, "ana", "sécret & co"), '_xsrf=x2; jupyterhub-hub-login="2|1:0|s="');
    assert.ok(hub.received.every(({ token }) => token === undefined));
  });

  it("refuse a wrong password without repeating it", async () => {
    takesPasswords();
    const error = await failure(logIn(settings, "ana", "wrong-password"));
    assert.equal(error.code, "signed-out");
    assert.ok(!inspect(error).includes("wrong-password"));
    hub.on("POST /hub/login", { status: 200, html: loginPage });
    assert.equal((await failure(logIn(settings, "ana", "x"))).code, "signed-out", "as hub 3 refuses");
  });

  it("send no password where the hub has no form for one, or the form leads elsewhere", async () => {
    const elsewhere = ["https://evil.example/login", "/login", "//evil.example/jupyter/hub/login", "http://[", "/jupyter/../hub/login"];
    for (const html of [
      `<a href="/oauth">Sign in with X</a>`,
      ...elsewhere.map((action) => loginPage.replace("/jupyter/hub/login", action)),
    ]) {
      hub.on("GET /hub/login", { html });
      assert.equal((await failure(logIn(settings, "ana", "secret"))).code, "unsupported");
    }
    assert.ok(hub.received.every(({ method }) => method === "GET"));
  });

  it("give the form to choose from, by cookies alone", async () => {
    hub.on("GET /hub/spawn/ana/gpu", { html: spawnPage });
    const page = await readSpawnForm(settings, "a=1; b=2", "ana", "gpu");
    assert.ok(page.kind === "form" && page.form.profiles[0]?.slug === "small");
    assert.deepEqual([hub.received[0]?.cookie, hub.received[0]?.token], ["a=1; b=2", undefined]);
  });

  it("tell a start, a running server, and a session that is over apart", async () => {
    const to = (location: string): void => void hub.on("GET /hub/spawn/ana", { status: 302, headers: { location } });
    to("/jupyter/hub/spawn-pending/ana");
    assert.deepEqual(await readSpawnForm(settings, "a=1", "ana", ""), { kind: "started" });
    to("/jupyter/user/ana/");
    assert.deepEqual(await readSpawnForm(settings, "a=1", "ana", ""), { kind: "active" });
    for (const location of ["/jupyter/hub/login?next=%2Fjupyter%2Fhub%2Fspawn%2Fana", "https://sso.example/auth"]) {
      to(location);
      assert.equal((await failure(readSpawnForm(settings, "a=1", "ana", ""))).code, "signed-out");
    }
  });

  it("are of no use where they lead to what is no address, and for names that would climb", async () => {
    hub.on("GET /hub/spawn/ana", { status: 302, headers: { location: "http://[" } });
    await failure(readSpawnForm(settings, "a=1", "ana", ""));
    assert.equal((await failure(readSpawnForm(settings, "a=1", "..", ""))).code, "address");
  });

  it("say what the hub said where it refuses the page", async () => {
    hub.on("GET /hub/spawn/ana/x", { status: 400, html: "<title>Named servers are not enabled.</title>" });
    assert.match((await failure(readSpawnForm(settings, "a=1", "ana", "x"))).message, /Named servers are not enabled/);
    hub.on("GET /hub/spawn/ana/x", { html: `<p class="spawn-error-msg">No form today</p>` });
    assert.match((await failure(readSpawnForm(settings, "a=1", "ana", "x"))).message, /No form today.*in the browser/);
  });
});
