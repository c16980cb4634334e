// Managers against a server that answers wrongly, late or not at all: behaviours 52 and 56, weaknesses 5 to 8.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import type { ErrorCode } from "../../../../src/base/errors";
import { ServiceManager } from "../../../../src/services/serviceManager";
import { serverSettings } from "../../../../src/transport/settings";
import { FakeJupyterServer, type Scripted } from "../../../fakes/jupyterServer";
import { failure } from "../../../harness/failure";

const start = { path: "x.ipynb", name: "x.ipynb", type: "notebook", kernel: { name: "python3" } };

describe("managers over a faulty server", () => {
  let jupyter: FakeJupyterServer;
  let services: ServiceManager;

  beforeEach(async () => {
    jupyter = await FakeJupyterServer.start();
    services = new ServiceManager(serverSettings({ baseUrl: jupyter.url, token: "t", label: "ana @ hub" }));
  });
  afterEach(async () => {
    services.dispose();
    await jupyter.stop();
  });

  const fails = async (promise: Promise<unknown>, code: ErrorCode, words: RegExp = /ana @ hub/): Promise<void> => {
    assert.match((await failure(promise, code)).message, words);
  };

  const faulty: [string, Scripted, ErrorCode][] = [
    ["a model without an id", { json: { name: "python3" } }, "invalid-response"],
    ["something else than a model", { json: "kernel" }, "invalid-response"],
    ["truncated JSON", { text: '{"id": "k' }, "invalid-response"],
    ["a login page", { text: "<html>Sign in</html>", type: "text/html; charset=UTF-8" }, "signed-out"],
    ["403", { status: 403, json: { message: "Forbidden" } }, "signed-out"],
    ["404", { status: 404, json: { message: "Not Found" } }, "not-found"],
    ["424", { status: 424, json: { message: "server no longer running" } }, "server-stopped"],
    ["500", { status: 500, json: { message: "Out of disk." } }, "server-error"],
    ["a cut connection", { drop: true }, "unreachable"],
  ];
  for (const [name, answer, code] of faulty) {
    it(`52 ${name} rejects with a stated reason and leaves what is known`, async () => {
      const session = await services.sessions.startNew(start);
      const { kernel } = session;
      for (const operation of ["POST /api/kernels", "POST /api/sessions", `PATCH /api/sessions/${session.id}`])
        jupyter.on(operation, answer);
      await fails(services.kernels.startNew("python3"), code);
      await fails(services.sessions.startNew(start), code);
      await fails(session.setName("new"), code);
      await fails(session.changeKernel({ name: "python3" }), code);
      assert.deepEqual([session.name, session.kernel, session.isDisposed], ["x.ipynb", kernel, false]);
      assert.deepEqual([services.sessions.running.length, services.kernels.running.length], [1, 1]);
    });
  }

  it("52 a list that is none, or has an invalid model, rejects and leaves what is known", async () => {
    await services.sessions.startNew(start);
    for (const json of [{}, [{ id: 1 }], null]) {
      jupyter.on("GET /api/kernels", { json }).on("GET /api/sessions", { json });
      await fails(services.kernels.refresh(), "invalid-response");
      await fails(services.sessions.refresh(), "invalid-response");
    }
    assert.deepEqual([services.sessions.running.length, services.kernels.running.length], [1, 1]);
  });

  it("52 a shutdown that is refused leaves kernel and session as they are", async () => {
    const session = await services.sessions.startNew(start);
    const id = session.kernel?.id ?? "";
    const refusal = { status: 400, json: { message: "Not now." } };
    jupyter.on(`DELETE /api/kernels/${id}`, refusal).on(`DELETE /api/sessions/${session.id}`, refusal);
    await fails(services.kernels.shutdown(id), "server-error", /Not now/);
    await fails(services.sessions.shutdown(session.id), "server-error", /Not now/);
    await fails(session.shutdown(), "server-error", /Not now/);
    assert.deepEqual([session.isDisposed, session.kernel?.ended], [false, undefined]);
    await fails(services.kernels.shutdownAll(), "server-error", /Not now/);
  });

  it("56 reports 410 as what it is, and both are gone", async () => {
    for (const shutdown of [(id: string) => services.sessions.shutdown(id), () => session.shutdown()]) {
      session = await services.sessions.startNew(start);
      const { kernel } = session;
      jupyter.kernels.clear();
      await fails(shutdown(session.id), "not-found", /kernel was shut down before the session/);
      assert.ok(session.isDisposed && kernel?.ended);
      assert.deepEqual([services.sessions.running, services.kernels.running], [[], []]);
    }
  });
  let session: Awaited<ReturnType<typeof services.sessions.startNew>>;

  it("does not take a refused or failing list for kernels that are gone (weakness 5)", async () => {
    const kernel = await services.kernels.startNew("python3");
    for (const answer of [
      { status: 403, json: {} },
      { status: 400, json: {} },
    ]) {
      jupyter.on("GET /api/kernels", answer);
      await assert.rejects(services.kernels.refresh());
    }
    assert.equal(kernel.ended, undefined);
  });

  it("does not end a new kernel by a list that was asked for before its start (weakness 6)", async () => {
    const gate = new Deferred<void>();
    jupyter.on("GET /api/kernels", async () => {
      await gate.promise;
      return { json: [] };
    });
    const stale = services.kernels.refresh();
    const kernel = await services.kernels.startNew("python3");
    jupyter.on("GET /api/kernels");
    gate.resolve();
    assert.deepEqual(
      (await stale).map(({ id }) => id),
      [kernel.id],
    );
    assert.equal(kernel.ended, undefined);
  });

  it("does not bring back by such a list what was shut down, nor undo a rename", async () => {
    const first = await services.sessions.startNew(start);
    const second = await services.sessions.startNew({ ...start, path: "y.ipynb" });
    const old = JSON.stringify([...jupyter.sessions.values()]);
    const gate = new Deferred<void>();
    jupyter.on("GET /api/sessions", async () => {
      await gate.promise;
      return { text: old };
    });
    const stale = services.sessions.refresh();
    await Promise.all([services.sessions.shutdown(first.id), second.setPath("z.ipynb")]);
    jupyter.on("GET /api/sessions");
    gate.resolve();
    await stale;
    assert.deepEqual(
      services.sessions.running.map(({ path }) => path),
      ["z.ipynb"],
    );
    assert.equal(second.path, "z.ipynb");
  });

  it("rejects `ready` and refresh on an error, says so by an event, and is ready after the next answer (weakness 7)", async () => {
    for (const [manager, operation] of [
      [services.kernels, "GET /api/kernels"],
      [services.sessions, "GET /api/sessions"],
      [services.kernelSpecs, "GET /api/kernelspecs"],
    ] as const) {
      const failures: Error[] = [];
      manager.onConnectionFailure((error) => failures.push(error));
      jupyter.on(operation, { status: 400, json: { message: "Broken." } });
      await fails(manager.ready(), "server-error", /Broken/);
      await fails(manager.refresh(), "server-error", /Broken/);
      assert.deepEqual([failures.length, manager.isReady], [2, false]);
      jupyter.on(operation);
      await manager.ready();
      assert.ok(manager.isReady);
    }
  });

  it("drops a session from the list with its kernel", async () => {
    const one = await services.sessions.startNew(start);
    await services.kernels.shutdown(one.kernel?.id ?? "");
    assert.deepEqual(services.sessions.running, []);
  });
});
