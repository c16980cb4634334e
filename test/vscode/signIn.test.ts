// Signing in, servers and kernels that are not as they should be: one clear message each, with what to do next.
import assert from "node:assert/strict";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import * as vscode from "vscode";
import { selfSigned } from "../fakes/selfSigned";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, errorOf, openNotebook, run, selectKernel, signIn, signOut, textOf } from "./support/notebook";

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
    await assert.rejects(async () => attempt("https://no-such-host.invalid"), /cannot be reached: .*(no host of that name|could not be looked up)/);
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
    const label = async (): Promise<string[]> =>
      (await vscode.authentication.getAccounts("jupyterhub-connect")).map((one) => one.label);
    const { host } = new URL(testHub().url);
    assert.deepEqual(await label(), [`zoë müller @ ${host}`]);
    await vscode.commands.executeCommand("jupyterhubConnect.signOut", { id: account });
    assert.deepEqual(await label(), []);
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
  });

  it("ends a cell with the reason when the token was revoked, and runs again after signing in", async () => {
    const notebook = await openNotebook("print('never')", "print('again')");
    const hub = testHub();
    const own = await minted("zoë müller");
    await vscode.commands.executeCommand("jupyterhubConnect.signIn", { url: hub.url, token: own.token });
    await selectKernel({ account });
    await hub.api(`users/${encodeURIComponent("zoë müller")}/tokens/${own.id}`, { method: "DELETE" }, [204]);
    await run(notebook).ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.match(errorOf(notebook)?.message ?? "", /[Ss]ign in again/);
    await signIn("zoë müller");
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });
});

async function minted(user: string): Promise<{ id: string; token: string }> {
  const path = `users/${encodeURIComponent(user)}/tokens`;
  const answer = await testHub().api(path, { method: "POST", body: JSON.stringify({ note: "to be revoked" }) }, [200, 201]);
  return (await answer.json()) as { id: string; token: string };
}

function listening<S extends Server>(server: S): Promise<S> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function addressOf(server: Server, scheme: string): string {
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
