// Signing in, servers and kernels that are not as they should be: one clear message each, with what to do next.
import assert from "node:assert/strict";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import * as vscode from "vscode";
import { selfSigned } from "../fakes/selfSigned";
import { waitFor } from "../harness/processes/wait";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, counter, errorOf, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signIn, signOut } from "./support/users";

describe("signing in", () => {
  const attempt = (url: string, token = "0123456789abcdef0123456789abcdef"): Thenable<unknown> =>
    vscode.commands.executeCommand("jupyterhubConnect.signIn", { url, token });

  it("refuses what is no address", async () => {
    await assert.rejects(async () => attempt("my hub"), /address/i);
  });

  it("says when nothing answers", async () => {
    const server = await listening(createHttpServer());
    const url = addressOf(server, "http");
    server.close();
    await assert.rejects(async () => attempt(url), /cannot be reached: nothing answers there/);
  });

  it("says when there is no such host", async () => {
    await assert.rejects(
      async () => attempt("https://no-such-host.invalid"),
      /cannot be reached: .*(no host of that name|could not be looked up)/,
    );
  });

  it("says when something answers that is no hub", async () => {
    const server = await listening(createHttpServer((_, response) => response.end("<html><title>My blog</title></html>")));
    try {
      await assert.rejects(async () => attempt(addressOf(server, "http")), /no JupyterHub|not a JupyterHub/i);
    } finally {
      server.close();
    }
  });

  it("says why a certificate is refused", async () => {
    const server = await listening(createHttpsServer(selfSigned));
    try {
      await assert.rejects(async () => attempt(addressOf(server, "https")), /certificate of .* was refused: it is self-signed/);
    } finally {
      server.close();
    }
  });

  it("says when the hub does not take the token, without repeating it", async () => {
    const token = "deadbeefdeadbeefdeadbeefdeadbeef";
    await assert.rejects(
      async () => attempt(testHub().url, token),
      (error: Error) => /token/.test(error.message) && !error.message.includes(token),
    );
  });

  it("shows the account in VS Code's accounts, and takes it out again", async () => {
    const account = await signIn("zoë müller");
    const label = async (): Promise<string[]> => (await vscode.authentication.getAccounts("jupyterhub-connect")).map((one) => one.label);
    const { host } = new URL(testHub().url);
    assert.deepEqual(await label(), [`zoë müller @ ${host}`]);
    await vscode.commands.executeCommand("jupyterhubConnect.signOut", { id: account, confirmed: true });
    assert.deepEqual(await label(), []);
  });
});

describe("an account of its own token", function () {
  this.timeout(120_000);
  const withPassword = (name: string): Thenable<{ id: string; label: string }> => {
    const { password } = testHub().user(name);
    return vscode.commands.executeCommand("jupyterhubConnect.signIn", { url: testHub().url, userName: name, password });
  };
  const out = (id: string): Thenable<unknown> => vscode.commands.executeCommand("jupyterhubConnect.signOut", { id, confirmed: true });
  const setting = vscode.workspace.getConfiguration("jupyterhubConnect");

  afterEach(async () => {
    await closeNotebooks();
    await setting.update("tokenLifetimeDays", undefined, vscode.ConfigurationTarget.Global);
    for (const { name } of testHub().users) assert.deepEqual(await ours(name), [], name);
  });

  it("is made with name and password: named after editor and machine, for as long as the setting says", async () => {
    await setting.update("tokenLifetimeDays", 3, vscode.ConfigurationTarget.Global);
    const { id } = await withPassword("ana");
    const [token, ...more] = await hubTokens("ana");
    assert.ok(token);
    assert.deepEqual(more, []);
    assert.ok(token.note?.includes(vscode.env.appName) && token.note.includes(hostname()), token.note ?? "");
    const days = (Date.parse(`${token.expires_at}`) - Date.parse(token.created)) / 86_400_000;
    assert.ok(Math.abs(days - 3) < 0.01, `${days} days`);
    await out(id);
  });

  it("is one of several, on one hub side by side", async () => {
    const accounts: { id: string; label: string }[] = [];
    for (const { name } of testHub().users) accounts.push(await withPassword(name));
    const { host } = new URL(testHub().url);
    const shown = (await vscode.authentication.getAccounts("jupyterhub-connect")).map(({ label }) => label);
    assert.deepEqual(
      shown,
      testHub().users.map(({ name }) => `${name} @ ${host}`),
    );
    for (const { name } of testHub().users) assert.equal((await hubTokens(name)).length, 1, name);
    for (const { id } of accounts) await out(id);
  });

  it("is given to nobody whom VS Code has not been told to trust with it", async () => {
    const { id, label } = await withPassword("ana");
    const session = await vscode.authentication.getSession("jupyterhub-connect", [], { silent: true, account: { id, label } });
    assert.equal(session, undefined);
    await out(id);
  });

  it("is gone after a wrong password, which nothing repeats", async () => {
    const { url } = testHub();
    const attempt = vscode.commands.executeCommand("jupyterhubConnect.signIn", { url, userName: "ana", password: "hush hush" });
    await assert.rejects(
      async () => attempt,
      (error: Error) => /does not accept this user name and password/.test(error.message) && !error.message.includes("hush"),
    );
    assert.deepEqual(await vscode.authentication.getAccounts("jupyterhub-connect"), []);
  });

  it("ends a running cell with the reason when the person signs out, and is revoked", async () => {
    const { id } = await withPassword("ana");
    const notebook = await openNotebook(counter(600, 0.1));
    await selectKernel({ account: id });
    const running = run(notebook);
    await running.shows("line 1");
    await out(id);
    await running.ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.deepEqual(await ours("ana"), []);
    // The kernel goes on on the hub; whoever signs in again finds it.
    await signOut(await signIn("ana"), "ana");
  });
});

describe("a server or kernel that cannot be had", function () {
  this.timeout(120_000);
  let account: string;

  before(async () => {
    account = await signIn("zoë müller");
    await testHub().startServer("zoë müller");
  });
  afterEach(closeNotebooks);
  after(() => signOut(account, "zoë müller"));

  it("gives the hub's reason when the server does not start", async () => {
    await openNotebook("1");
    await assert.rejects(selectKernel({ account, server: "fail-lab" }), /No room for fail-lab/);
  });

  it("names the kernels there are when one is asked for that there is not", async () => {
    await openNotebook("1");
    await assert.rejects(selectKernel({ account, kernel: "nope" }), /has no kernel “nope”. It has: python3/);
  });

  it("runs on a named server, which is started for it", async () => {
    const notebook = await openNotebook("import os; os.environ['JUPYTERHUB_SERVER_NAME']");
    await selectKernel({ account, server: "extra" });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "'extra'");
    await testHub().stopServer("zoë müller", "extra", true);
    const its = async (): Promise<readonly HubToken[]> =>
      (await ours("zoë müller")).filter(({ scopes }) => scopes.some((scope) => scope.endsWith("/extra")));
    assert.equal((await its()).length, 1);
    // As soon as the extension hears that the server was deleted, which may be at any time after this.
    await vscode.commands.executeCommand("jupyterhubConnect.refresh");
    await waitFor("the deleted server's token to be revoked", async () => (await its()).length === 0, 30_000);
  });

  it("ends a cell with the reason when the token was revoked, and runs again after signing in", async () => {
    const notebook = await openNotebook("print('never')", "print('again')");
    const hub = testHub();
    await selectKernel({ account });
    for (const { id } of await ours("zoë müller")) {
      await hub.api(`users/${encodeURIComponent("zoë müller")}/tokens/${id}`, { method: "DELETE" }, [204]);
    }
    await run(notebook).ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.match(errorOf(notebook)?.message ?? "", /[Ss]ign in again/);
    await signIn("zoë müller");
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });
});

interface HubToken {
  readonly id: string;
  readonly note: string | null;
  readonly scopes: readonly string[];
  readonly expires_at: string | null;
  readonly created: string;
}

/** The tokens that the extension has on the hub for a user. */
async function ours(user: string): Promise<HubToken[]> {
  const answer = await testHub().api(`users/${encodeURIComponent(user)}/tokens`, {}, [200]);
  const { api_tokens: tokens } = (await answer.json()) as { api_tokens: HubToken[] };
  return tokens.filter(({ note }) => note?.startsWith("JupyterHub Connect in "));
}

/** Those of them that go to the hub. The others are for a server each, and can do nothing but use it. */
async function hubTokens(user: string): Promise<HubToken[]> {
  const [hub, servers] = [[] as HubToken[], [] as HubToken[]];
  for (const token of await ours(user)) (token.scopes.some((scope) => scope.startsWith("tokens!")) ? hub : servers).push(token);
  for (const { scopes } of servers) {
    assert.deepEqual(
      scopes.filter((scope) => !/^(access:servers!server=|read:users:(name|groups)!)/.test(scope)),
      [],
    );
  }
  return hub;
}

function listening<S extends Server>(server: S): Promise<S> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function addressOf(server: Server, scheme: string): string {
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
