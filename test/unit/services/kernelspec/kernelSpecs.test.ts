// Kernel specs from whatever a server answers: behaviours 53 and 54 of docs/behaviours.md.
import assert from "node:assert/strict";
import { hasCode } from "../../../../src/base/errors";
import { nullLogger } from "../../../../src/base/log";
import { KernelSpecManager } from "../../../../src/services/kernelspec/manager";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";

describe("kernel specs", () => {
  const valid = { name: "python3", spec: { display_name: "Python 3", language: "python" } };
  let jupyter: FakeJupyterServer;
  let warnings: string[];
  let manager: KernelSpecManager;

  beforeEach(async () => {
    jupyter = await FakeJupyterServer.start();
    warnings = [];
    const log = { ...nullLogger, warn: (message: string) => void warnings.push(message) };
    manager = new KernelSpecManager(serverSettings({ baseUrl: jupyter.url, log }));
  });
  afterEach(async () => {
    manager.dispose();
    await jupyter.stop();
  });
  const answer = (json: unknown): Promise<unknown> => {
    jupyter.on("GET /api/kernelspecs", { json });
    return manager.refresh();
  };

  it("are read with what the specification lets be missing", async () => {
    await answer({ default: "python3", kernelspecs: { python3: valid } });
    assert.deepEqual(manager.specs, {
      default: "python3",
      specs: [
        { name: "python3", displayName: "Python 3", language: "python", argv: [], interruptMode: "signal", metadata: {}, resources: {} },
      ],
    });
    assert.equal(manager.findByName("ir"), undefined);
  });

  for (const given of [undefined, null, "", "gone"]) {
    it(`53 have the first for default where the server says ${JSON.stringify(given)}`, async () => {
      await answer({ ...(given !== undefined && { default: given }), kernelspecs: { python3: valid, ir: { ...valid, name: "ir" } } });
      assert.equal(manager.specs?.default, "python3");
    });
  }

  it("53 have none where there are none", async () => {
    await answer({ default: "python3", kernelspecs: {} });
    assert.deepEqual(manager.specs, { default: "", specs: [] });
  });

  for (const [what, entry] of Object.entries({
    "without a spec": { name: "x" },
    "without a language": { name: "x", spec: { display_name: "X" } },
    "with a wrong type": { name: "x", spec: { display_name: 1, language: "x" } },
    "that is null": null,
    "that is a text": "x",
  })) {
    it(`54 one ${what} is left out and logged, the others stay`, async () => {
      await answer({ default: "x", kernelspecs: { x: entry, python3: valid } });
      assert.deepEqual([manager.specs?.default, manager.specs?.specs.length], ["python3", 1]);
      assert.match(warnings.join(), /“x” is invalid and left out/);
    });
  }

  it("are asked for anew, and fire a change only where there is one", async () => {
    let changes = 0;
    manager.onDidChange(() => changes++);
    await answer({ default: "python3", kernelspecs: { python3: valid } });
    await manager.refresh();
    assert.equal(changes, 1);
    await answer({ default: "python3", kernelspecs: {} });
    assert.equal(changes, 2);
  });

  it("stay as they were when the server answers something else", async () => {
    await answer({ kernelspecs: { python3: valid } });
    for (const json of [{}, [], "specs", { kernelspecs: null }]) {
      await assert.rejects(answer(json), (error) => hasCode(error, "invalid-response"));
    }
    assert.equal(manager.specs?.default, "python3");
  });
});
