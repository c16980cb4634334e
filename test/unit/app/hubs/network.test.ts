// Which TLS a request gets: by hub, by the settings of the moment.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { Network } from "../../../../src/app/hubs/network";
import type { NetworkSettings } from "../../../../src/app/ports";
import { hasCode } from "../../../../src/base/errors";
import { Emitter } from "../../../../src/base/event";
import { nullLogger } from "../../../../src/base/log";
import { makeAuthority } from "../../../harness/certificates";

describe("the network", () => {
  const authority = makeAuthority("Example");
  let folder: string;
  let caFile: string;
  let settings: { -readonly [K in keyof NetworkSettings]: NetworkSettings[K] };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-network-"));
    caFile = path.join(folder, "ca.pem");
    writeFileSync(caFile, authority.cert);
    const onDidChangeHubs = new Emitter<void>(nullLogger).event;
    settings = {
      configuredHubs: [{ url: "https://hub.example.org/jupyter/", caFile }],
      verifyCertificates: true,
      systemCertificates: true,
      onDidChangeHubs,
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tls = (address: string) => new Network(settings).tls(new URL(address));

  it("has nothing of its own for a hub that is not configured", async () => {
    assert.equal(await tls("https://other.example.org/"), undefined);
    settings.configuredHubs = [{ url: "https://hub.example.org/", label: "only a name" }];
    assert.equal(await tls("https://hub.example.org/"), undefined);
  });

  it("gives a configured hub, its servers and their websockets its authority", async () => {
    for (const address of [
      "https://hub.example.org/jupyter/",
      "https://hub.example.org/jupyter/user/ana/",
      "wss://hub.example.org/jupyter/user/ana/api",
    ]) {
      assert.deepEqual((await tls(address))?.ca, [authority.cert.trim()]);
    }
  });

  it("follows the settings at once", async () => {
    const network = new Network(settings);
    const hub = new URL("https://hub.example.org/jupyter/");
    assert.ok((await network.tls(hub))?.ca);
    settings.configuredHubs = [];
    assert.equal(await network.tls(hub), undefined);
  });

  it("makes the certificates of a hub once, not with each request", async () => {
    const network = new Network(settings);
    const [one, two] = [
      await network.tls(new URL("https://hub.example.org/jupyter/")),
      await network.tls(new URL("https://hub.example.org/jupyter/x")),
    ];
    assert.equal(one?.secureContext, two?.secureContext);
  });

  it("verifies no certificate where that is switched off, with a configured authority or without", async () => {
    settings.verifyCertificates = false;
    assert.deepEqual(await tls("https://other.example.org/"), { rejectUnauthorized: false });
    const configured = await tls("https://hub.example.org/jupyter/");
    assert.ok(configured?.ca && configured.rejectUnauthorized === false);
  });

  it("looks for ~/ in the home directory", async () => {
    settings.configuredHubs = [{ url: "https://hub.example.org/", caFile: "~/there-is-no-such-file.pem" }];
    const expected = path.join(homedir(), "there-is-no-such-file.pem");
    await assert.rejects(tls("https://hub.example.org/"), (error) => hasCode(error, "certificate") && error.message.includes(expected));
  });
});
