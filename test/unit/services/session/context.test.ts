// SessionContext against a server whose answers can be held back: what is asked for while something else is under way.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { hasCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { ServiceManager } from "../../../../src/services/serviceManager";
import { SessionContext } from "../../../../src/services/session/context";
import type { KernelPreference } from "../../../../src/services/session/defaultKernel";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";

describe("session context", () => {
  let jupyter: FakeJupyterServer;
  let services: ServiceManager;
  let context: SessionContext;

  beforeEach(async () => {
    jupyter = await FakeJupyterServer.start();
    jupyter.specs.set("ir", "R");
    services = new ServiceManager(serverSettings({ baseUrl: jupyter.url }));
    context = make({ name: "python3" });
  });
  afterEach(async () => {
    context.dispose();
    services.dispose();
    await jupyter.stop();
  });

  const make = (preference: KernelPreference): SessionContext =>
    new SessionContext({ sessions: services.sessions, kernelSpecs: services.kernelSpecs, path: "x.ipynb", preference });
  const hold = (operation: string): { readonly asked: Promise<void>; readonly gate: Deferred<void> } => {
    const [asked, gate] = [new Deferred<void>(), new Deferred<void>()];
    jupyter.on(operation, async () => {
      asked.resolve();
      await gate.promise;
      return undefined;
    });
    return { asked: asked.promise, gate };
  };

  it("61 a shutdown during start-up ends what is being started, and whoever waits is told so at once", async () => {
    const { asked, gate } = hold("POST /api/sessions");
    const starting = context.initialize();
    await asked;
    const ended = context.shutdown();
    await assert.rejects(starting, (error) => hasCode(error, "aborted") && /shut down/.test(error.message));
    gate.resolve();
    await ended;
    assert.deepEqual([context.session, context.kernel, jupyter.sessions.size, jupyter.kernels.size], [null, null, 0, 0]);
    jupyter.on("POST /api/sessions");
    assert.equal(await context.initialize(), "connected");
  });

  it("61 a disposal during start-up leaves on the server what was started", async () => {
    const { asked, gate } = hold("POST /api/sessions");
    const starting = context.initialize();
    await asked;
    const arrived = next(services.sessions.onDidChangeRunning, (running) => running.length === 1);
    context.dispose();
    await assert.rejects(starting, (error) => hasCode(error, "disposed"));
    gate.resolve();
    await arrived;
    for (const connection of services.sessions.connections) await next(connection.onDidDispose, () => true);
    assert.deepEqual([context.session, jupyter.sessions.size], [null, 1]);
  });

  it("61 a disposal during start-up shuts down what was started where that is preferred", async () => {
    context = make({ name: "python3", shutdownOnDispose: true });
    const { asked, gate } = hold("POST /api/sessions");
    const starting = context.initialize();
    await asked;
    const emptied = next(services.sessions.onDidChangeRunning, (running) => running.length === 0);
    context.dispose();
    await assert.rejects(starting, (error) => hasCode(error, "disposed"));
    gate.resolve();
    await emptied;
    assert.deepEqual([jupyter.sessions.size, jupyter.kernels.size], [0, 0]);
  });

  it("62 a start while the kernel is being changed waits for that kernel and starts no other", async () => {
    await context.initialize();
    const { asked, gate } = hold(`PATCH /api/sessions/${context.session?.id ?? ""}`);
    const changing = context.changeKernel({ name: "ir" });
    await asked;
    const starting = context.startKernel();
    gate.resolve();
    const [changed, started] = await Promise.all([changing, starting]);
    assert.equal(changed, started);
    assert.deepEqual(
      [...jupyter.kernels.values()].map(({ name }) => name),
      ["ir"],
    );
  });

  it("shows the name of the kernel that starts, and what it does", async () => {
    await services.kernelSpecs.ready();
    const { asked, gate } = hold("POST /api/sessions");
    const seen: string[] = [];
    context.onDidChangeStatus((status) => seen.push(`${context.kernelDisplayName}: ${status}`));
    const starting = context.changeKernel({ name: "ir" });
    await asked;
    assert.equal(context.kernelDisplayName, "The ir");
    gate.resolve();
    await starting;
    assert.deepEqual([seen[0], context.kernelDisplayName], ["The ir: Starting", "The ir"]);
  });

  it("says when no kernel could be had, and can be asked again", async () => {
    jupyter.on("POST /api/sessions", { status: 500, json: { message: "Out of memory." } });
    await assert.rejects(context.initialize(), /Out of memory/);
    assert.deepEqual([context.session, context.friendlyStatus], [null, "No kernel"]);
    await assert.rejects(context.changeKernel({ name: "nope" }), /Out of memory/);
    jupyter.on("POST /api/sessions");
    await assert.rejects(context.changeKernel({ name: "nope" }), (error) => hasCode(error, "no-kernel-spec"));
    assert.equal(await context.initialize(), "connected");
  });

  it("keeps its kernel when a change fails", async () => {
    await context.initialize();
    const { kernel } = context;
    await assert.rejects(context.changeKernel({ name: "nope" }), (error) => hasCode(error, "no-kernel-spec"));
    assert.deepEqual([context.kernel, context.kernelDisplayName], [kernel, "The python3"]);
  });

  it("lets one who waits leave; the kernel that was started is there for the next", async () => {
    const { asked, gate } = hold("POST /api/sessions");
    const leave = new AbortController();
    const starting = context.startKernel(leave.signal);
    await asked;
    leave.abort();
    await assert.rejects(starting, (error) => hasCode(error, "aborted"));
    gate.resolve();
    await context.startKernel();
    assert.equal(jupyter.kernels.size, 1);
  });

  it("rejects all once disposed, and leaves the kernel where it is", async () => {
    await context.initialize();
    context.dispose();
    context.dispose();
    for (const act of [
      context.initialize(),
      context.startKernel(),
      context.changeKernel({ name: "ir" }),
      context.restartKernel(),
      context.shutdown(),
      context.setPath("y"),
      context.setName("y"),
    ]) {
      await assert.rejects(act, (error) => hasCode(error, "disposed"));
    }
    assert.deepEqual([context.session, jupyter.kernels.size, services.sessions.connections.length], [null, 1, 0]);
  });

  it("has no session when that was shut down on the server, says so, and starts another", async () => {
    await context.initialize();
    const sessions: unknown[] = [];
    context.onDidChangeSession((session) => sessions.push(session?.id));
    jupyter.sessions.clear();
    jupyter.kernels.clear();
    await services.refresh();
    assert.deepEqual([sessions, context.kernel, context.friendlyStatus], [[undefined], null, "No kernel"]);
    await context.startKernel();
    assert.equal(jupyter.sessions.size, 1);
  });
});
