// Open notebooks and what they run on: joining, changing, closing, and servers that end.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { NotebookSessions, type NotebookRef } from "../../../../src/app/notebooks/notebookSessions";
import type { Server } from "../../../../src/app/servers/server";
import { Servers } from "../../../../src/app/servers/servers";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { nullLogger } from "../../../../src/base/log";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

const notebook: NotebookRef = { key: "file:///x.ipynb", path: "x.ipynb-1", name: "x.ipynb", clientId: "client" };
const other: NotebookRef = { key: "file:///y.ipynb", path: "y.ipynb-2", name: "y.ipynb", clientId: "another" };

describe("notebook sessions", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let hubs: Hubs;
  let servers: Servers;
  let server: Server;
  let sessions: NotebookSessions;

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    jupyter.specs.set("ir", "R");
    hub.run(jupyter.url);
    const ports = new MemoryPorts();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    const account = await signIn(hubs, hub);
    server = servers.get(account, "");
    sessions = new NotebookSessions(servers, nullLogger);
  });
  afterEach(async () => {
    sessions.dispose();
    servers.dispose();
    hubs.dispose();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  const connect = (spec = "python3", ref = notebook) => sessions.connect(ref, server, spec);

  it("starts a session for a notebook and says so", async () => {
    const changed: string[] = [];
    sessions.onDidChange((key) => changed.push(key));
    const current = await connect();
    assert.deepEqual([current.kernel.name, current.session.model.path], ["python3", notebook.path]);
    assert.equal(sessions.get(notebook.key), current);
    assert.ok(changed.includes(notebook.key));
  });

  it("joins the session that the notebook's path has, with its kernel", async () => {
    const { id, kernel } = jupyter.addSession(notebook.path);
    const current = await connect();
    assert.deepEqual([current.session.id, current.kernel.id], [id, kernel?.id]);
    assert.equal(jupyter.kernels.size, 1);
  });

  it("gives two callers at once the same kernel", async () => {
    const [one, two] = await Promise.all([connect(), connect()]);
    assert.equal(one, two);
    assert.equal(jupyter.count("POST /api/sessions"), 1);
  });

  it("does not let notebooks wait for each other or share a kernel", async () => {
    const [one, two] = await Promise.all([connect(), connect("python3", other)]);
    assert.notEqual(one.kernel.id, two.kernel.id);
  });

  it("changes to a kernel of another spec in the same session", async () => {
    const before = await connect();
    const after = await connect("ir");
    assert.deepEqual([after.kernel.name, after.session.id], ["ir", before.session.id]);
    assert.ok(before.kernel.ended);
    assert.deepEqual([...jupyter.kernels.keys()], [after.kernel.id]);
  });

  it("replaces a kernel that has died for good", async () => {
    const { kernel } = jupyter.addSession(notebook.path);
    if (kernel) kernel.execution_state = "dead";
    const current = await connect();
    assert.notEqual(current.kernel.id, kernel?.id);
  });

  it("names a kernel spec that the server does not have, and leaves the notebook without a kernel", async () => {
    await assert.rejects(connect("julia"), (error) => hasCode(error, "no-kernel-spec"));
    assert.equal(sessions.get(notebook.key), undefined);
    await connect();
  });

  it("leaves the kernel on the server when the notebook is closed", async () => {
    const { kernel } = await connect();
    sessions.close(notebook.key);
    assert.equal(sessions.get(notebook.key), undefined);
    assert.ok(kernel.isDisposed);
    assert.ok(jupyter.kernels.has(kernel.id) && jupyter.sessions.size === 1);
    assert.equal((await connect()).kernel.id, kernel.id);
  });

  it("keeps no kernel for a notebook that was closed while it connected, and leaves that on the server", async () => {
    const connecting = connect();
    sessions.close(notebook.key);
    await assert.rejects(connecting, (error) => hasCode(error, "aborted") && /was closed/.test(error.message));
    assert.deepEqual([sessions.get(notebook.key), server.services?.kernels.connections, jupyter.kernels.size], [undefined, [], 1]);
    await connect();
  });

  it("shuts session and kernel down for everyone", async () => {
    await connect();
    await sessions.shutdown(notebook.key);
    assert.deepEqual([sessions.get(notebook.key), jupyter.kernels.size, jupyter.sessions.size], [undefined, 0, 0]);
  });

  it("says that a notebook without a kernel has none to restart, interrupt or shut down", async () => {
    for (const act of [sessions.restart(notebook.key), sessions.interrupt(notebook.key), sessions.shutdown(notebook.key)]) {
      await assert.rejects(act, (error) => hasCode(error, "usage") && /Run a cell/.test(error.message));
    }
  });

  it("has no kernel any more when it was shut down elsewhere, and gets a new one", async () => {
    const { kernel } = await connect();
    const gone = next(sessions.onDidChange, () => sessions.get(notebook.key) === undefined);
    jupyter.kernels.clear();
    await server.services?.kernels.refresh();
    await gone;
    assert.notEqual((await connect()).kernel.id, kernel.id);
  });

  it("lets the kernel go with its server", async () => {
    const { kernel } = await connect();
    hub.servers.clear();
    await servers.noteStopped(server);
    assert.ok(hasCode(kernel.ended, "server-stopped"));
    assert.equal(sessions.get(notebook.key), undefined);
  });

  it("lets a caller leave while the server starts", async () => {
    hub.servers.clear();
    const leave = new AbortController();
    hub.on("POST /hub/api/users/ana/server", () => {
      leave.abort();
      hub.servers.set("", { ready: false, pending: "spawn" });
      return { status: 202 };
    });
    hub.on("GET /hub/api/users/ana/server/progress", () => {
      hub.run(jupyter.url);
      return { events: [{ progress: 100, ready: true, message: "Server ready", url: "/user/ana/" }] };
    });
    await assert.rejects(sessions.connect(notebook, server, "python3", { signal: leave.signal }), (error) => hasCode(error, "aborted"));
    await servers.ensureRunning(server);
  });
});
