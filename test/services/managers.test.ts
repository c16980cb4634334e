// Kernel, session and kernel spec managers on a real server: behaviours 49 to 52 of docs/behaviours.md. Kernel specs
// without a default and invalid ones (53, 54), which a real server does not give, are in test/unit/services/kernelspec.
import assert from "node:assert/strict";
import type { ServiceManager } from "../../src/services/serviceManager";
import { onOldestStack } from "../harness/hub/shared";
import { failure } from "../harness/failure";
import { SessionServer, start, until } from "./support/session";

describe("managers", function () {
  this.timeout(120_000);
  let server: SessionServer;
  let services: ServiceManager;

  before(async () => void (server = await SessionServer.start()));
  beforeEach(() => void (services = server.client()));
  afterEach(() => server.close());

  it("49 runningChanged on start and shutdown of kernels and of sessions", async () => {
    const kernels = services.kernels;
    const started = until(kernels.onDidChangeRunning, (running) => running.length === 1);
    const kernel = await kernels.startNew("python3");
    assert.equal((await started)[0]?.id, kernel.id);
    const ended = until(kernels.onDidChangeRunning, (running) => running.length === 0);
    await kernels.shutdown(kernel.id);
    await ended;

    const { sessions } = services;
    const [sessionStarted, kernelStarted] = [until(sessions.onDidChangeRunning), until(kernels.onDidChangeRunning)];
    const session = await sessions.startNew(start(server.path()));
    assert.equal((await sessionStarted)[0]?.id, session.id);
    assert.equal((await kernelStarted)[0]?.id, session.kernel?.id);
    const bothEnded = [
      until(sessions.onDidChangeRunning, (all) => all.length === 0),
      until(kernels.onDidChangeRunning, (all) => all.length === 0),
    ];
    await sessions.shutdown(session.id);
    await Promise.all(bothEnded);
  });

  it("49 runningChanged on rename", async () => {
    const { sessions } = services;
    const session = await sessions.startNew(start(server.path()));
    const path = server.path();
    const renamed = until(sessions.onDidChangeRunning, (running) => running.some((each) => each.path === path));
    await session.setPath(path);
    await renamed;
    assert.equal(sessions.findByPath(path)?.id, session.id);
  });

  it("49 runningChanged on kernel change, in sessions and kernels", async () => {
    const { sessions, kernels } = services;
    const session = await sessions.startNew(start(server.path()));
    const before = session.kernel;
    const changed = until(sessions.onDidChangeRunning, (running) => running[0]?.kernel?.id !== before?.id);
    const after = await session.changeKernel({ name: "python3" });
    assert.equal((await changed)[0]?.kernel?.id, after?.id);
    assert.deepEqual(
      kernels.running.map(({ id }) => id),
      [after?.id],
    );
    assert.ok(before?.ended);
    await kernels.refresh();
    assert.deepEqual(
      kernels.running.map(({ id }) => id),
      [after?.id],
      "the server agrees",
    );
  });

  it("49 runningChanged by refresh for what another client did", async () => {
    const other = server.client();
    const session = await other.sessions.startNew(start(server.path()));
    const changed = until(services.sessions.onDidChangeRunning);
    await services.refresh();
    assert.equal((await changed)[0]?.id, session.id);
    await other.sessions.shutdown(session.id);
    const emptied = until(services.kernels.onDidChangeRunning, (running) => running.length === 0);
    await services.refresh();
    await emptied;
    assert.deepEqual(services.sessions.running, []);
  });

  it("50 connects to a running kernel and to a running session of another client", async () => {
    const other = server.client();
    const { id, path } = await other.sessions.startNew(start(server.path()));
    await services.refresh();
    const model = services.sessions.findByPath(path);
    assert.ok(model?.kernel);
    const session = services.sessions.connectTo(model);
    assert.deepEqual([session.id, services.sessions.findById(id)?.path], [id, path]);
    const kernel = services.kernels.connectTo(model.kernel);
    assert.equal((await kernel.execute({ code: "print(1)" }).done).status, "ok");
    assert.equal((await session.kernel?.execute({ code: "print(2)" }).done)?.status, "ok");
  });

  it("51 a kernel's shutdown ends all its connections, here at once and elsewhere with the next refresh", async () => {
    const kernel = await services.kernels.startNew("python3");
    const all = [kernel, services.kernels.connectTo(kernel.model), services.kernels.connectTo(kernel.model)];
    const other = server.client();
    await other.kernels.refresh();
    const elsewhere = other.kernels.connectTo(kernel.model);
    await elsewhere.info;
    await services.kernels.shutdown(kernel.id);
    assert.deepEqual(
      all.map(({ status, connectionStatus }) => [status, connectionStatus]),
      all.map(() => ["dead", "disconnected"]),
    );
    assert.deepEqual(services.kernels.connections, []);
    await other.kernels.refresh();
    assert.ok(elsewhere.ended);
  });

  it("51 a connection's own shutdown ends the kernel's other connections and takes it off the list", async () => {
    const kernel = await services.kernels.startNew("python3");
    const second = services.kernels.connectTo(kernel.model);
    const emptied = until(services.kernels.onDidChangeRunning, (running) => running.length === 0);
    await kernel.shutdown();
    assert.ok(second.ended);
    await emptied;
  });

  it("51 a session's shutdown ends all connections to it and to its kernel", async () => {
    const session = await services.sessions.startNew(start(server.path()));
    const second = services.sessions.connectTo(session.model);
    const kernel = services.kernels.connectTo(session.kernel?.model ?? assert.fail("It has no kernel"));
    await session.shutdown();
    assert.deepEqual([session.isDisposed, second.isDisposed], [true, true]);
    assert.ok(kernel.ended);
    assert.deepEqual([services.sessions.running, services.kernels.running], [[], []]);
  });

  it("52 errors of the server reject with its reason", async () => {
    // The server itself answers this one with 500, and sessions with 501; an old one a session's change with 500 too.
    const noSpec = await failure(services.kernels.startNew("no-such-kernel"));
    assert.ok(["no-kernel-spec", "server-error"].includes(noSpec.code), noSpec.message);
    const noSession = await failure(services.sessions.startNew(start(server.path(), "no-such-kernel")));
    assert.equal(noSession.code, "no-kernel-spec");
    const session = await services.sessions.startNew(start(server.path()));
    const kernel = session.kernel;
    assert.equal((await failure(session.changeKernel({ name: "no-such-kernel" }))).code, onOldestStack ? "server-error" : "no-kernel-spec");
    assert.equal(session.kernel, kernel, "what was there stays");
  });

  it("shuts down what was left out of sight, and a path's session only where it has one", async () => {
    const other = server.client();
    await Promise.all([other.kernels.startNew("python3"), other.kernels.startNew("python3")]);
    await services.kernels.shutdownAll();
    assert.deepEqual(await services.kernels.refresh(), []);
    const { path } = await other.sessions.startNew(start(server.path()));
    await services.sessions.stopIfNeeded(server.path());
    assert.equal((await services.sessions.refresh()).length, 1);
    await services.sessions.stopIfNeeded(path);
    assert.deepEqual(await services.sessions.refresh(), []);
  });

  it("is ready when it has asked once, and asks no more than that", async () => {
    await Promise.all([1, 2].map(() => services.kernels.ready()));
    assert.ok(services.kernels.isReady && !services.sessions.isReady);
    const specs = await services.kernelSpecs.ready();
    assert.equal(specs.default, "python3");
    assert.equal(services.kernelSpecs.findByName("python3")?.language, "python");
  });
});
