// A proxy that only the environment names, as on an institution's computers: requests and websockets go through it, and
// past it where NO_PROXY says so.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeAuthority } from "../harness/certificates";
import { startForwardProxy, type ForwardProxy } from "../harness/forwardProxy";
import { sharedHub } from "../harness/hub/shared";
import { sampleCell, samplePath } from "../harness/sample/sampleNotebook";
import { startTlsFront, type TlsFront } from "../harness/tlsFront";
import { pickHubKernel, signIn } from "../harness/vscode/hubSteps";
import { quietSettings } from "../harness/vscode/settings";
import { personWindow } from "./support/window";

const startMs = 60_000;

describe("a proxy of the environment", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "jupyterhub-connect-proxy-"));
  let front: TlsFront;
  let proxy: ForwardProxy;
  /** `hub.test` is a name that nobody knows but the proxy. */
  const beyond = (): string => `https://hub.test:${front.port}/`;
  const direct = (): string => `https://127.0.0.1:${front.port}/`;

  const window = personWindow(async () => {
    const authority = makeAuthority("Example University CA");
    front = await startTlsFront(Number(new URL(sharedHub().url).port), authority.issue({ name: "hub", hosts: ["127.0.0.1", "hub.test"] }));
    proxy = await startForwardProxy({
      hosts: { [`hub.test:${front.port}`]: front.port },
      credentials: { name: "ana", password: "hünter@2" },
    });
    const caFile = path.join(folder, "ca.pem");
    writeFileSync(caFile, authority.cert);
    const hubs = [
      { url: beyond(), label: "Beyond", caFile },
      { url: direct(), label: "Direct", caFile },
    ];
    const env = { HTTPS_PROXY: proxy.urlWithCredentials, NO_PROXY: "127.0.0.1,localhost" };
    return { files: [samplePath], settings: quietSettings, machineSettings: { "jupyterhubConnect.hubs": hubs }, env };
  });
  after(async () => {
    await Promise.all([front.close(), proxy.close()]);
    await sharedHub().stopServer("ana");
    rmSync(folder, { recursive: true });
  });

  it("is gone past where NO_PROXY names the hub's host", async () => {
    const { workbench } = window();
    const { name, token } = sharedHub().user("ana");
    await signIn(workbench, { url: direct(), name, token }, /^Direct/);
    // VS Code itself asks its gallery.
    assert.deepEqual(
      proxy.record.filter(({ target }) => /hub\.test|127\.0\.0\.1/.test(target)),
      [],
    );
  });

  it("is gone through else: a cell runs, and nothing comes past it", async () => {
    const { workbench } = window();
    const { name, token } = sharedHub().user("ana");
    const user = { url: beyond(), name, token };
    await signIn(workbench, user, /^Beyond/);
    const before = front.record.length;
    await workbench.sideBar.open("Explorer");
    await workbench.openNotebook("sample.ipynb");
    await pickHubKernel(workbench, user);
    const cell = sampleCell("counter");
    await workbench.notebook.run(cell);
    await workbench.notebook.ended(cell, startMs);
    const tunnels = new Set(proxy.record.map(({ from }) => from));
    const through = front.record.slice(before).filter(({ from }) => tunnels.has(from));
    for (const what of [/\/user\/ana\/api\/sessions /, /\/user\/ana\/api\/kernels\/[^/]+\/channels/]) {
      assert.ok(
        through.some(({ line }) => what.test(line)),
        `${String(what)} is not among ${through.map(({ line }) => line).join("\n")}`,
      );
    }
  });
});
