// What a ServiceManager asks of its server while it is looked at: requests counted over an hour.
import assert from "node:assert/strict";
import { next } from "../../../../src/base/event";
import { ServiceManager } from "../../../../src/services/serviceManager";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { FakeClock, minute } from "../../../fakes/clock";
import { FakePerson } from "../../../fakes/person";

describe("services that are looked at", () => {
  let jupyter: FakeJupyterServer;
  let clock: FakeClock;
  let services: ServiceManager;

  beforeEach(async () => {
    jupyter = await FakeJupyterServer.start();
    clock = new FakeClock();
    const options = { clock, activity: new FakePerson(), random: () => 0, live: false };
    services = new ServiceManager(serverSettings({ baseUrl: jupyter.url }), options);
  });
  afterEach(async () => {
    services.dispose();
    await jupyter.stop();
  });

  /** Lets time pass up to the end of the next poll. */
  const poll = async (): Promise<void> => {
    const asked = jupyter.count("GET /api/kernels");
    await clock.advance(minute);
    while (jupyter.count("GET /api/kernels") === asked || clock.waiting === 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it("cause no request unless somebody looks", async () => {
    await clock.advance(60 * minute);
    assert.deepEqual(jupyter.asked, []);
  });

  it("cause two requests a poll, and the kernel specs once", async () => {
    services.look();
    for (let i = 0; i < 5; i++) await poll();
    assert.deepEqual([jupyter.count("GET /api/sessions"), jupyter.count("GET /api/kernelspecs")], [5, 1]);
    assert.equal(jupyter.asked.length, 5 + 5 + 1);
  });

  it("show what others started and ended", async () => {
    services.look();
    await poll();
    const { path } = jupyter.addSession("x.ipynb");
    const changed = next(services.sessions.onDidChangeRunning, () => true);
    await poll();
    assert.equal((await changed)[0]?.path, path);
    jupyter.kernels.clear();
    await poll();
    assert.deepEqual([services.sessions.running, services.kernels.running], [[], []]);
  });

  it("ask once when signed out, and again when resumed or refreshed with success", async () => {
    jupyter.on("GET /api/sessions", { status: 403, json: { message: "Forbidden" } });
    const failed = next(services.onConnectionFailure, () => true);
    services.look();
    await clock.advance(0);
    await failed;
    await clock.advance(60 * minute);
    assert.deepEqual(jupyter.asked, ["GET /api/sessions"]);
    assert.match(services.stopped?.message ?? "", /Sign in again/);
    jupyter.on("GET /api/sessions");
    await services.refresh();
    assert.equal(services.stopped, undefined);
    await poll();
    assert.equal(jupyter.count("GET /api/sessions"), 3);
  });
});
