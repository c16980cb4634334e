// Private authorities, client certificates and proxies in the real extension host, whose network VS Code has patched:
// a cell runs through each, its requests and its websocket alike.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { makeAuthority } from "../harness/certificates";
import { startForwardProxy, type ForwardProxy } from "../harness/forwardProxy";
import { startTlsFront, type TlsFront } from "../harness/tlsFront";
import { testHub } from "../harness/vscode/inHost/testHub";
import { closeNotebooks, openNotebook, run, selectKernel, textOf } from "./support/notebook";
import { signOut } from "./support/users";
import { resetSettings, setting } from "./support/settings";

const authority = makeAuthority("Example University CA");
const ana = authority.issue({ name: "ana" });
const credentials = { name: "ana", password: "hünter@2" };

describe("the network", function () {
  this.timeout(120_000);
  let folder: string;
  /** Behind TLS; the second one asks for a certificate. */
  let front: TlsFront;
  let strict: TlsFront;
  let proxy: ForwardProxy;
  let signedIn: string | undefined;

  const file = (name: string, content: string): string => {
    const where = path.join(folder, name);
    writeFileSync(where, content);
    return where;
  };
  const caFile = (): string => path.join(folder, "ca.pem");
  /** `hub.test` is a name that nobody knows but the proxy. */
  const beyond = (where: TlsFront): string => `https://hub.test:${where.port}/`;
  const here = (where: TlsFront): string => `https://127.0.0.1:${where.port}/`;

  const enter = async (url: string): Promise<string> => {
    const { token } = testHub().user("ana");
    const { id } = await vscode.commands.executeCommand<{ id: string }>("jupyterhubConnect.signIn", { url, token });
    signedIn = id;
    return id;
  };
  const refusal = async (url: string): Promise<string> => {
    const error: unknown = await enter(url).then(
      () => new Error("It did not fail"),
      (reason: unknown) => reason,
    );
    return error instanceof Error ? error.message : String(error);
  };
  /** Signs in and runs a cell: requests to hub and server, and a websocket. */
  const runCell = async (url: string): Promise<void> => {
    const account = await enter(url);
    const notebook = await openNotebook("print(6 * 7)");
    await selectKernel({ account });
    await run(notebook).ended;
    assert.equal(textOf(notebook), "42\n");
  };
  /** That requests to the hub, to the server and a websocket have come to `where` by the proxy, and nothing past it. */
  const assertThroughProxy = (where: TlsFront): void => {
    const tunnels = new Set(proxy.record.map(({ from }) => from));
    assert.deepEqual(
      where.record.filter(({ from }) => !tunnels.has(from)),
      [],
      "past the proxy",
    );
    for (const what of [/ \/hub\/api\/user /, /\/user\/ana\/api\/sessions /, /\/user\/ana\/api\/kernels\/[^/]+\/channels/]) {
      assert.ok(
        where.record.some(({ line }) => what.test(line)),
        `${String(what)} is not among ${where.record.map(({ line }) => line).join("\n")}`,
      );
    }
  };

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-network-"));
    file("ca.pem", authority.cert);
    file("ana.pem", ana.cert);
    file("ana.key", ana.key);
  });
  beforeEach(async () => {
    const port = Number(new URL(testHub().url).port);
    const own = authority.issue({ name: "hub", hosts: ["127.0.0.1", "hub.test"] });
    front = await startTlsFront(port, own);
    strict = await startTlsFront(port, { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
    const hosts = { [`hub.test:${front.port}`]: front.port, [`hub.test:${strict.port}`]: strict.port };
    proxy = await startForwardProxy({ hosts, credentials });
    await testHub().startServer("ana");
  });
  afterEach(async () => {
    await closeNotebooks();
    if (signedIn !== undefined) await signOut(signedIn);
    signedIn = undefined;
    await resetSettings();
    await Promise.all([front.close(), strict.close(), proxy.close()]);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("runs a cell on a hub with a private authority, once that is configured", async () => {
    assert.match(await refusal(here(front)), /authority is not known to this computer.*signed by “Example University CA”.*caFile/);
    await setting("jupyterhubConnect.hubs", [{ url: here(front), caFile: caFile() }]);
    await runCell(here(front));
  });

  it("runs a cell on a hub that asks for a certificate", async () => {
    await setting("jupyterhubConnect.hubs", [{ url: here(strict), caFile: caFile() }]);
    assert.match(await refusal(here(strict)), /wants to see a certificate of yours.*clientCertificateFile/);
    const client = { clientCertificateFile: path.join(folder, "ana.pem"), clientKeyFile: path.join(folder, "ana.key") };
    await setting("jupyterhubConnect.hubs", [{ url: here(strict), caFile: caFile(), ...client }]);
    await runCell(here(strict));
  });

  for (const support of ["override", "on", "fallback"]) {
    it(`runs a cell through a proxy with a password, with all certificates (http.proxySupport: ${support})`, async () => {
      const client = { clientCertificateFile: path.join(folder, "ana.pem"), clientKeyFile: path.join(folder, "ana.key") };
      await setting("jupyterhubConnect.hubs", [{ url: beyond(strict), caFile: caFile(), ...client }]);
      await setting("http.proxySupport", support);
      await setting("http.proxy", proxy.urlWithCredentials);
      await runCell(beyond(strict));
      assertThroughProxy(strict);
    });
  }

  it("goes past the proxy where http.noProxy or http.proxySupport says so", async () => {
    await setting("jupyterhubConnect.hubs", [{ url: beyond(front), caFile: caFile() }]);
    await setting("http.proxy", proxy.urlWithCredentials);
    await setting("http.noProxy", ["hub.test"]);
    assert.match(await refusal(beyond(front)), /no host of that name|could not be looked up/);
    await setting("http.noProxy", undefined);
    await setting("http.proxySupport", "off");
    assert.match(await refusal(beyond(front)), /no host of that name|could not be looked up/);
    assert.deepEqual(proxy.record, []);
  });

  it("says that a proxy wants a password, and does not try again and again", async () => {
    await setting("http.proxy", proxy.url);
    assert.match(
      await refusal(beyond(front)),
      /The proxy on the way to hub\.test:\d+ wants a user name and password \(407\)\. Put them into VS Code's setting http\.proxy/,
    );
    assert.equal(proxy.record.length, 1);
    // VS Code keeps this setting to itself; once it does not, this may be told otherwise.
    const { name, password } = credentials;
    await setting("http.proxyAuthorization", `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`);
    assert.match(await refusal(beyond(front)), /407/);
  });

  it("says that a proxy does not answer, without its password", async () => {
    const address = proxy.urlWithCredentials;
    await proxy.close();
    await setting("http.proxy", address);
    const message = await refusal(beyond(front));
    assert.match(message, /the proxy 127\.0\.0\.1:\d+ does not answer\. .*http\.proxy/);
    assert.doesNotMatch(message, /h(ü|%C3%BC)nter/);
  });

  it("accepts any certificate where http.proxyStrictSSL is off, and not before", async () => {
    await setting("http.proxy", proxy.urlWithCredentials);
    assert.match(await refusal(beyond(front)), /authority is not known/);
    await setting("http.proxyStrictSSL", false);
    await runCell(beyond(front));
    assertThroughProxy(front);
  });

  it("takes no certificates from a folder, neither for a hub of its own nor for the person's", async () => {
    const { Workspace } = vscode.ConfigurationTarget;
    await setting("jupyterhubConnect.hubs", [{ url: here(front), caFile: caFile() }], Workspace);
    assert.match(await refusal(here(front)), /authority is not known/);
    const other = file("other.pem", makeAuthority("Another").cert);
    await setting("jupyterhubConnect.hubs", [{ url: here(front), caFile: other }]);
    assert.match(await refusal(here(front)), /authority is not known/);
    await setting("jupyterhubConnect.hubs", [{ url: here(front), caFile: caFile() }]);
    await setting("jupyterhubConnect.hubs", [{ url: here(front), label: "Theirs" }], Workspace);
    await enter(here(front));
  });
});
