// A folder whose settings lead to a hostile hub: what it may say of hubs, and that nothing of this computer goes there.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Hubs } from "../../src/app/hubs/hubs";
import { Network } from "../../src/app/hubs/network";
import type { NetworkSettings } from "../../src/app/ports";
import { Emitter } from "../../src/base/event";
import { configuredName, configuredPlace } from "../../src/hub/api/hubName";
import { offeredHubs, type HubSettings, type OfferedHubs } from "../../src/hub/signIn/offeredHubs";
import type { SignInPort } from "../../src/hub/signIn/signIn";
import { FakeHub } from "../fakes/hub";
import { MemoryPorts, nobody } from "../unit/app/doubles";
import { failure } from "../harness/failure";

const name = "jupyterhubConnect.hubs";
const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----";

/** A trusted folder of this computer, unless told otherwise. */
const offers = (folder: unknown, more: Partial<HubSettings> = {}): OfferedHubs =>
  offeredHubs({ ...{ name, own: [], folder, isTrusted: true, schemes: ["file"] }, ...more });

describe("a hostile folder", () => {
  const evil = { url: "https://evil.example/", label: "Example University" };

  it("may say a hub's address and label, and it is seen that a folder says it", () => {
    assert.deepEqual(offers([evil]), { hubs: [{ ...evil, fromFolder: true }], problems: [], folderProblems: [] });
  });

  for (const more of [
    { oauth: { clientId: "x", clientSecretFile: "/home/ana/.ssh/id_ed25519", redirectUri: "http://127.0.0.1:48123/cb" } },
    { oauth: { clientId: "x" } },
    { caFile: "/tmp/evil.pem" },
    { clientCertificateFile: "~/.certs/ana.pem" },
    { clientKeyFile: "~/.certs/ana.key" },
  ]) {
    const [property = ""] = Object.keys(more);
    it(`may not say ${JSON.stringify(more)}, and that is told`, () => {
      const { hubs, folderProblems } = offers([{ ...evil, ...more }, { url: "https://good.example/" }]);
      assert.deepEqual(hubs, [{ url: "https://good.example/", fromFolder: true }]);
      assert.deepEqual(folderProblems, [`${name}[0].${property}: this has its place only in your own settings, not in those of a folder.`]);
    });
  }

  it("may not pretend to be the person's own entry, nor anything else", () => {
    for (const more of [{ fromFolder: false }, { constructor: 1 }, { toString: 1 }, JSON.parse('{"__proto__x": 1}') as object]) {
      const { hubs, folderProblems } = offers([{ ...evil, ...more }]);
      assert.deepEqual(hubs, []);
      assert.match(folderProblems[0] ?? "", /there is no such property\.$/);
    }
  });

  it("is seen to lead where it leads, whatever it calls itself", () => {
    const [hub] = offers([{ url: "https://hub.ex\u0430mple.org/jupyter", label: "https://hub.example.org/" }]).hubs;
    assert.match(hub ? configuredPlace(hub) : "", /^https:\/\/hub\.xn--[a-z0-9-]+\.org\/jupyter · from this folder$/);
    for (const label of ["", "  "]) {
      const [nameless] = offers([{ url: evil.url, label }]).hubs;
      assert.deepEqual(nameless && [configuredName(nameless), configuredPlace(nameless)], ["evil.example", "from this folder"]);
    }
  });

  it("may not say it at length", () => {
    const { hubs, folderProblems } = offers([
      { url: evil.url, label: "x".repeat(81) },
      { ["y".repeat(5000)]: 1, url: evil.url },
    ]);
    assert.deepEqual(hubs, []);
    assert.ok(
      folderProblems.every((problem) => problem.length < 200),
      folderProblems.join(),
    );
    const many = offers(Array.from({ length: 100_000 }, (_, index) => ({ url: `https://h${index}.example/` })));
    assert.equal(many.hubs.length, 20);
    assert.match(many.folderProblems[0] ?? "", /at most 20 hubs/);
  });

  it("changes no hub of the person or the computer, whatever part of it it names", () => {
    const own = [{ url: "https://hub.example.org/jupyter/", label: "Mine", caFile: "/own/ca.pem" }];
    for (const url of [
      "https://hub.example.org/",
      "https://hub.example.org/jupyter/user/",
      "https://HUB.example.org:443/jupyter",
      "http://hub.example.org/",
      "http://hub.example.org:8080/jupyter/",
    ]) {
      const { hubs } = offers([{ url, label: "Theirs" }], { own });
      assert.deepEqual(hubs, own, url);
    }
    assert.equal(offers([{ url: "https://hub.example.org:8443/" }], { own }).hubs.length, 2, "a port may have a hub of its own");
  });

  it("says nothing before it is trusted, nor where VS Code trusts without asking", () => {
    assert.deepEqual(offers([evil], { isTrusted: false }).hubs, []);
    for (const schemes of [
      ["jupyterhub-connect"],
      ["file", "jupyterhub-connect"],
      ["file", "file", "jupyterhub-connect"],
      ["untitled", "file", "jupyterhub-connect"],
      ["vscode-vfs"],
      ["memfs"],
      ["ssh"],
      ["FILE"],
    ]) {
      const said = offers([evil, { ...evil, oauth: {} }], { schemes });
      assert.deepEqual([said.hubs, said.folderProblems], [[], []], schemes.join());
    }
    for (const schemes of [["file"], ["vscode-remote"], ["file", "untitled"]])
      assert.equal(offers([evil], { schemes }).hubs.length, 1, schemes.join());
  });

  it("adds nothing but addresses and labels, whatever it says", () => {
    const own = [{ url: "https://hub.example.org/" }];
    const key = fc.constantFrom("url", "label", "oauth", "caFile", "clientKeyFile", "fromFolder", "x");
    const value = fc.oneof(fc.webUrl(), fc.string({ maxLength: 8 }), fc.constant({ clientId: "x" }), fc.constant(false));
    fc.assert(
      fc.property(fc.anything({ maxDepth: 1 }), fc.array(fc.dictionary(key, value, { maxKeys: 3 }), { maxLength: 4 }), (one, list) => {
        for (const folder of [one, list, [...list, one]]) {
          const { hubs } = offers(folder, { own });
          assert.deepEqual(hubs[0], own[0]);
          for (const hub of hubs.slice(1)) {
            assert.deepEqual(
              Object.keys(hub).filter((key) => !["url", "label", "fromFolder"].includes(key)),
              [],
            );
            assert.equal(hub.fromFolder, true);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  describe("with a hostile hub", () => {
    let hub: FakeHub;
    let directory: string;
    let file: string;
    beforeEach(async () => {
      hub = await FakeHub.start();
      directory = mkdtempSync(join(tmpdir(), "hostile-folder-"));
      writeFileSync((file = join(directory, "key")), privateKey, { mode: 0o600 });
      // Whatever it is sent it has asked for.
      hub.on("POST /hub/api/oauth2/token", { json: { access_token: "flow-token", token_type: "Bearer", expires_in: 3600, scope: "" } });
    });
    afterEach(async () => {
      await hub.stop();
      rmSync(directory, { recursive: true });
    });

    /** Picks the hub as a person would. @returns how often a browser was to be opened */
    const signIn = async (folder: unknown): Promise<number> => {
      const { hubs: configuredHubs } = offers(folder);
      const onDidChangeHubs = new Emitter<void>().event;
      const network: NetworkSettings = { configuredHubs, verifyCertificates: true, systemCertificates: true, onDidChangeHubs };
      const hubs = new Hubs(Object.assign(new MemoryPorts({ note: "Test", lifetime: 3600 }), { network }));
      let opened = 0;
      const port: SignInPort = {
        ...nobody,
        askToken: () => Promise.resolve(undefined),
        askPassword: () => Promise.resolve("token"),
        openOAuth: () => {
          opened++;
          return Promise.reject(new Error("A browser was to be opened"));
        },
      };
      await failure(hubs.signIn({ address: hub.url.href }, port), "aborted");
      await new Network(network).tls(hub.url);
      hubs.dispose();
      return opened;
    };

    it("sends no file of this computer, and opens no page of an OAuth client", async () => {
      const opened = await signIn([
        {
          url: hub.url.href,
          label: "Example University",
          oauth: { clientId: "x", clientSecretFile: file, redirectUri: "http://127.0.0.1:48123/cb" },
        },
      ]);
      assert.equal(opened, 0);
      const received = JSON.stringify(hub.received);
      assert.ok(!received.includes(privateKey) && !received.includes(encodeURIComponent(privateKey)));
      assert.ok(!hub.asked.some((each) => each.includes("oauth2")), hub.asked.join());
    });

    it("reads no certificate or key that a folder names", async () => {
      const missing = join(directory, "there-is-none.pem");
      // Were it read, it would be missed.
      await signIn([{ url: hub.url.href, caFile: missing, clientCertificateFile: missing }]);
    });
  });
});
