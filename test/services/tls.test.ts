// A hub behind TLS with a private authority, and one that asks for a certificate of its clients.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Hubs } from "../../src/app/hubs/hubs";
import type { NetworkSettings, Ports } from "../../src/app/ports";
import { Servers } from "../../src/app/servers/servers";
import { hasCode } from "../../src/base/errors";
import { Emitter } from "../../src/base/event";
import { nullLogger } from "../../src/base/log";
import type { HubConfiguration } from "../../src/hub/signIn/configuration";
import { makeAuthority } from "../harness/certificates";
import { startHub, type TestHub } from "../harness/hub/hub";
import { MemoryPorts, nobody } from "../unit/app/doubles";

const authority = makeAuthority("Example University CA");
describe("a hub behind TLS", function () {
  this.timeout(120_000);
  let hub: TestHub;
  let folder: string;
  let hubs: Hubs | undefined;
  let servers: Servers | undefined;
  let configured: HubConfiguration[] = [];

  const file = (name: string, content: string): string => {
    const where = path.join(folder, name);
    writeFileSync(where, content);
    return where;
  };
  /** The application as a window has it, with nothing but memory beneath. */
  const start = (): { hubs: Hubs; servers: Servers } => {
    const network: NetworkSettings = {
      get configuredHubs() {
        return configured;
      },
      verifyCertificates: true,
      systemCertificates: true,
      onDidChangeHubs: new Emitter<void>(nullLogger).event,
    };
    const ports: Ports = Object.assign(new MemoryPorts(), { network });
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    return { hubs, servers };
  };
  /** Signs in, starts the server and runs a cell. */
  const runCell = async (): Promise<string> => {
    const app = start();
    const { account } = await app.hubs.signIn({ address: hub.url, token: hub.user("ana").token }, nobody);
    const services = await app.servers.ensureRunning(app.servers.get(account, ""));
    const session = await services.sessions.startNew({
      path: "tls.ipynb",
      name: "tls.ipynb",
      type: "notebook",
      kernel: { name: "python3" },
    });
    assert.ok(session.kernel);
    let text = "";
    const future = session.kernel.execute({ code: "print(6 * 7)" }, { onIOPub: (message) => void (text += textOf(message.content)) });
    await future.done;
    await session.shutdown();
    return text;
  };

  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-tls-"))));
  afterEach(async () => {
    servers?.dispose();
    hubs?.dispose();
    configured = [];
    rmSync(folder, { recursive: true });
  });

  describe("with a private authority", () => {
    before(async () => (hub = await startHub({ tls: authority.issue({ name: "hub", hosts: ["127.0.0.1"] }) })));
    after(() => hub.stop());

    it("runs a cell once its authority is configured, which needs no restart", async () => {
      const app = start();
      const early = app.hubs.signIn({ address: hub.url, token: hub.user("ana").token }, nobody);
      await assert.rejects(
        early,
        (error) => hasCode(error, "certificate") && /signed by “Example University CA”.*caFile/.test(error.message),
      );
      configured = [{ url: hub.url, caFile: file("ca.pem", authority.cert) }];
      const { account } = await app.hubs.signIn({ address: hub.url, token: hub.user("ana").token }, nobody);
      assert.equal(account.userName, "ana");
      app.servers.dispose();
      app.hubs.dispose();
      assert.equal(await runCell(), "42\n");
    });
  });

  describe("that asks for a certificate", () => {
    const ana = authority.issue({ name: "ana" });
    before(async () => {
      hub = await startHub({ tls: { ...authority.issue({ name: "hub", hosts: ["127.0.0.1"] }), clientAuthority: authority.cert } });
    });
    after(() => hub.stop());

    it("runs a cell for who shows one", async () => {
      configured = [
        {
          url: hub.url,
          caFile: file("ca.pem", authority.cert),
          clientCertificateFile: file("ana.pem", ana.cert),
          clientKeyFile: file("ana.key", ana.key),
        },
      ];
      assert.equal(await runCell(), "42\n");
    });

    it("tells who shows none what is missing", async () => {
      configured = [{ url: hub.url, caFile: file("ca.pem", authority.cert) }];
      const refused = start().hubs.signIn({ address: hub.url, token: hub.user("ana").token }, nobody);
      await assert.rejects(refused, (error) => hasCode(error, "certificate") && error.message.includes("clientCertificateFile"));
    });
  });
});

function textOf(content: object): string {
  return "text" in content && typeof content.text === "string" ? content.text : "";
}
