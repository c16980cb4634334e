// Sessions of renamed files: they follow, with their kernels.
import assert from "node:assert/strict";
import { moveSessions } from "../../../../src/app/files/movedSessions";
import { ServiceManager } from "../../../../src/services/serviceManager";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";

describe("sessions of renamed files", () => {
  let jupyter: FakeJupyterServer;
  let services: ServiceManager;

  beforeEach(async () => {
    jupyter = await FakeJupyterServer.start();
    services = new ServiceManager(serverSettings({ baseUrl: jupyter.url, token: "t", label: "ana @ hub" }), { live: false });
  });
  afterEach(async () => {
    services.dispose();
    await jupyter.stop();
  });
  const paths = (): string[] => [...jupyter.sessions.values()].map(({ path, name }) => `${path} | ${name}`);

  it("get the file's new path and name, and keep a name of their own", async () => {
    const session = jupyter.addSession("d/a.ipynb");
    session.name = "a.ipynb";
    jupyter.addSession("d/b.ipynb").name = "Chosen";
    jupyter.addSession("d/a.ipynb2");
    const [model] = await services.sessions.refresh();
    assert.ok(model);
    const connection = services.sessions.connectTo(model);
    assert.equal(await moveSessions(services, "d/a.ipynb", "e/c.ipynb"), 1);
    assert.equal(await moveSessions(services, "d/b.ipynb", "d/x.ipynb"), 1);
    assert.deepEqual(paths(), ["e/c.ipynb | c.ipynb", "d/x.ipynb | Chosen", "d/a.ipynb2 | d/a.ipynb2"]);
    assert.deepEqual([connection.path, connection.isDisposed], ["e/c.ipynb", false], "who is connected learns of it");
  });

  it("follow their directory, and only theirs", async () => {
    for (const path of ["d/a.ipynb", "d/e/b.ipynb", "dd/a.ipynb"]) jupyter.addSession(path);
    assert.equal(await moveSessions(services, "d", "x/y"), 2);
    assert.deepEqual(paths(), ["x/y/a.ipynb | a.ipynb", "x/y/e/b.ipynb | b.ipynb", "dd/a.ipynb | dd/a.ipynb"]);
    assert.equal(await moveSessions(services, "nowhere", "z"), 0);
  });
});
