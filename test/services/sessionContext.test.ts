// Session contexts on a real server: behaviours 57 to 63 of docs/behaviours.md.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import { listKernels } from "../../src/services/kernel/client";
import type { ServiceManager } from "../../src/services/serviceManager";
import { SessionContext } from "../../src/services/session/context";
import type { KernelPreference } from "../../src/services/session/defaultKernel";
import { failure } from "../harness/failure";
import { SessionServer, start, until } from "./support/session";

describe("session context", function () {
  this.timeout(120_000);
  let server: SessionServer;
  let services: ServiceManager;
  let path: string;
  const contexts: SessionContext[] = [];

  before(async () => void (server = await SessionServer.start()));
  beforeEach(() => {
    services = server.client();
    path = server.path();
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) context.dispose();
    await server.close();
  });

  const make = (preference: KernelPreference = { name: "python3" }): SessionContext => {
    const context = new SessionContext({ sessions: services.sessions, kernelSpecs: services.kernelSpecs, path, preference });
    contexts.push(context);
    return context;
  };
  const kernelIds = async (): Promise<string[]> => (await listKernels(server.settings)).map(({ id }) => id);
  const runs = async (context: SessionContext): Promise<void> => {
    assert.equal((await context.kernel?.execute({ code: "1" }).done)?.status, "ok");
  };

  it("57 reuses the session of its path, with its kernel", async () => {
    const other = await server.client().sessions.startNew(start(path));
    const context = make({ language: "R" });
    assert.equal(await context.initialize(), "connected");
    assert.deepEqual([context.session?.id, context.kernel?.id], [other.id, other.kernel?.id]);
    assert.equal((await kernelIds()).length, 1);
    await runs(context);
  });

  it("58 with shouldReuse false, gives the path's session a new kernel", async () => {
    const other = await server.client().sessions.startNew(start(path));
    const context = make({ name: "python3", shouldReuse: false });
    assert.equal(await context.initialize(), "connected");
    assert.equal(context.session?.id, other.id);
    assert.notEqual(context.kernel?.id, other.kernel?.id);
    assert.deepEqual(await kernelIds(), [context.kernel?.id]);
  });

  it("59 needs a selection where nothing decides, and takes it", async () => {
    const context = make({ name: "no-such-kernel" });
    assert.equal(await context.initialize(), "needs-selection");
    assert.deepEqual([context.session, await kernelIds()], [null, []]);
    assert.equal((await failure(context.startKernel())).code, "no-kernel-spec");
    await context.changeKernel({ name: "python3" });
    await runs(context);
  });

  it("59 starts none where none is to be started, or none can be", async () => {
    for (const preference of [
      { name: "python3", shouldStart: false },
      { name: "python3", canStart: false },
    ]) {
      assert.equal(await make(preference).initialize(), "no-kernel");
    }
    assert.deepEqual(await kernelIds(), []);
    const later = make({ name: "python3", shouldStart: false });
    await later.startKernel();
    await runs(later);
  });

  it("60 concurrent changes come one after the other, and the last one stays", async () => {
    const context = make();
    const kernels = await Promise.all([1, 2, 3].map(() => context.changeKernel({ name: "python3" })));
    assert.equal(new Set(kernels.map(({ id }) => id)).size, 3);
    assert.equal(context.kernel, kernels[2]);
    assert.deepEqual(await kernelIds(), [kernels[2]?.id]);
    await runs(context);
  });

  it("61 a shutdown during start-up leaves nothing on the server", async () => {
    const context = make();
    const starting = context.initialize();
    const ended = context.shutdown();
    await assert.rejects(starting, (error) => hasCode(error, "aborted"));
    await ended;
    assert.deepEqual([context.session, await kernelIds()], [null, []]);
    await context.startKernel();
    await runs(context);
  });

  it("62 a start while the kernel is being changed gives that kernel", async () => {
    const context = make();
    await context.initialize();
    const [changed, started] = await Promise.all([context.changeKernel({ name: "python3" }), context.startKernel()]);
    assert.equal(changed, started);
    assert.deepEqual(await kernelIds(), [changed.id]);
  });

  it("63 starts the kernel of its name, of its language where that has one, the server's own where that is wanted", async () => {
    for (const preference of [{ name: "python3" }, { language: "python" }, { autoStartDefault: true }]) {
      path = server.path();
      const context = make(preference);
      assert.equal(await context.initialize(), "connected");
      assert.equal(context.kernel?.name, "python3");
    }
    assert.equal(await make({ language: "cobol" }).initialize(), "connected", "its path has a session by now");
    path = server.path();
    assert.equal(await make({ language: "cobol" }).initialize(), "needs-selection");
  });

  it("63 attaches to the running kernel of that id", async () => {
    const running = await services.kernels.startNew("python3");
    const context = make({ id: running.id });
    await context.initialize();
    assert.equal(context.kernel?.id, running.id);
  });

  it("restarts its kernel, and starts one where it has none", async () => {
    const context = make();
    const first = await context.restartKernel();
    const restarting = until(context.onDidChangeStatus, (status) => status === "Restarting");
    const idle = until(context.ofKernel.onDidChangeStatus, (status) => status === "idle");
    assert.equal(await context.restartKernel(), first);
    await Promise.all([restarting, idle]);
    await runs(context);
    assert.deepEqual([context.friendlyStatus, context.kernelDisplayName], ["Idle", "Python 3 (ipykernel)"]);
  });

  it("takes its session along when it moves", async () => {
    const context = make();
    await context.initialize();
    const moved = server.path();
    const changed = until(context.onDidChangeProperty);
    await context.setPath(moved);
    assert.equal(await changed, "path");
    assert.equal((await services.sessions.refresh())[0]?.path, moved);
    assert.equal(context.path, moved);
  });

  it("follows the kernel when another client changes it", async () => {
    const context = make();
    await context.initialize();
    const other = server.client();
    await other.sessions.refresh();
    const model = other.sessions.findByPath(path) ?? assert.fail("It has no session");
    const changed = until(context.onDidChangeKernel);
    await other.sessions.connectTo(model).changeKernel({ name: "python3" });
    await services.refresh();
    assert.equal((await changed)?.id, context.kernel?.id);
    await runs(context);
  });
});
