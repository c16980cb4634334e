// What is done to running kernels that no notebook here is connected to, checked by what the server has afterwards.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { freshKernels, idleFor, interrupt, restart, shutDown } from "../../../../src/app/kernels/kernelActions";
import type { Server } from "../../../../src/app/servers/server";
import { Servers } from "../../../../src/app/servers/servers";
import { hasCode } from "../../../../src/base/errors";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

describe("actions on running kernels", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let hubs: Hubs;
  let servers: Servers;
  let server: Server;

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    hub.run(jupyter.url);
    const ports = new MemoryPorts();
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    const account = await signIn(hubs, hub);
    await servers.refresh(account);
    server = servers.get(account, "");
  });
  afterEach(async () => {
    servers.dispose();
    hubs.dispose();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  it("interrupt a kernel and learn at once that it has stopped", async () => {
    const kernel = jupyter.addKernel();
    kernel.execution_state = "busy";
    jupyter.on(`POST /api/kernels/${kernel.id}/interrupt`, () => {
      kernel.execution_state = "idle";
      return undefined;
    });
    await interrupt(servers, { server, id: kernel.id });
    assert.equal(server.services?.kernels.findById(kernel.id)?.execution_state, "idle");
  });

  it("restart a kernel without connecting to it", async () => {
    const kernel = jupyter.addKernel();
    await restart(servers, { server, id: kernel.id });
    assert.equal(jupyter.count(`POST /api/kernels/${kernel.id}/restart`), 1);
    assert.equal(jupyter.count("WS"), 0);
  });

  it("are done once where they are asked for several times at once", async () => {
    const session = jupyter.addSession("x.ipynb");
    const id = session.kernel?.id ?? "";
    await freshKernels(server);
    const thrice = (act: () => Promise<void>): Promise<unknown> => Promise.all([act(), act(), act()]);
    await thrice(() => restart(servers, { server, id }));
    await thrice(() => interrupt(servers, { server, id }));
    await thrice(() => shutDown(servers, { server, id }));
    const operations = [`POST /api/kernels/${id}/restart`, `POST /api/kernels/${id}/interrupt`, `DELETE /api/sessions/${session.id}`];
    assert.deepEqual(
      operations.map((operation) => jupyter.count(operation)),
      [1, 1, 1],
    );
  });

  it("shut a kernel down with its session, and one without", async () => {
    const { kernel } = jupyter.addSession("x.ipynb");
    const alone = jupyter.addKernel();
    await freshKernels(server);
    await shutDown(servers, { server, id: kernel?.id ?? "" });
    await shutDown(servers, { server, id: alone.id });
    assert.deepEqual([jupyter.sessions.size, jupyter.kernels.size], [0, 0]);
    assert.deepEqual([server.services?.sessions.running.length, server.services?.kernels.running.length], [0, 0]);
  });

  it("shut down what is gone already without a complaint", async () => {
    const { kernel } = jupyter.addSession("x.ipynb");
    await freshKernels(server);
    jupyter.kernels.clear();
    await shutDown(servers, { server, id: kernel?.id ?? "" });
    assert.deepEqual(await freshKernels(server), []);
  });

  it("say of a kernel that is gone that it is, and take it off the list", async () => {
    const { kernel } = jupyter.addSession("x.ipynb");
    const id = kernel?.id ?? "";
    await freshKernels(server);
    jupyter.kernels.clear();
    jupyter.on(`POST /api/kernels/${id}/interrupt`, { status: 404, json: { message: `Kernel does not exist: ${id}` } });
    await assert.rejects(
      interrupt(servers, { server, id }),
      (error) => hasCode(error, "kernel-dead") && /shut down there/.test(error.message),
    );
    assert.deepEqual([server.services?.kernels.running.length, server.services?.sessions.running.length], [0, 0]);
  });

  it("reject for a server that was stopped meanwhile, in words", async () => {
    const kernel = jupyter.addKernel();
    await freshKernels(server);
    hub.servers.clear();
    await servers.refresh(server.account);
    await assert.rejects(
      restart(servers, { server, id: kernel.id }),
      (error) => hasCode(error, "server-stopped") && /not running any more/.test(error.message),
    );
  });

  it("know which kernels have been idle for so long", async () => {
    const now = Date.parse("2026-01-01T04:00:00Z");
    const [old, recent, busy] = [jupyter.addKernel(), jupyter.addKernel(), jupyter.addKernel()];
    recent.last_activity = "2026-01-01T03:30:00Z";
    busy.execution_state = "busy";
    const kernels = await freshKernels(server);
    assert.deepEqual(
      idleFor(kernels, 3_600_000, now).map(({ id }) => id),
      [old.id],
    );
    assert.deepEqual(
      idleFor(kernels, 0, now).map(({ id }) => id),
      [old.id, recent.id],
    );
  });
});
