// Running kernels to attach to: as the servers list them, as remembered, and how seldom anybody is asked.
import assert from "node:assert/strict";
import { Hubs } from "../../../../src/app/hubs/hubs";
import { NotebookSessions } from "../../../../src/app/notebooks/notebookSessions";
import { RunningKernels } from "../../../../src/app/kernels/runningKernels";
import { Servers } from "../../../../src/app/servers/servers";
import { hasCode } from "../../../../src/base/errors";
import { nullLogger } from "../../../../src/base/log";
import type { Account } from "../../../../src/hub/account/account";
import { FakeClock, minute } from "../../../fakes/clock";
import { FakeHub } from "../../../fakes/hub";
import { FakeJupyterServer } from "../../../fakes/jupyterServer";
import { MemoryPorts, signIn } from "../doubles";

describe("running kernels", () => {
  let hub: FakeHub;
  let jupyter: FakeJupyterServer;
  let ports: MemoryPorts;
  let clock: FakeClock;
  let hubs: Hubs;
  let servers: Servers;
  let kernels: RunningKernels;
  let account: Account;

  /** A window; the one before is closed. */
  const open = (): void => {
    hubs = new Hubs(ports);
    servers = new Servers(hubs, ports);
    kernels = new RunningKernels(hubs, servers, ports, clock);
  };
  const close = (): void => {
    for (const part of [kernels, servers, hubs]) part.dispose();
  };

  beforeEach(async () => {
    [hub, jupyter] = await Promise.all([FakeHub.start(), FakeJupyterServer.start()]);
    hub.run(jupyter.url);
    ports = new MemoryPorts();
    clock = new FakeClock();
    open();
    account = await signIn(hubs, hub);
  });
  afterEach(async () => {
    close();
    await Promise.all([hub.stop(), jupyter.stop()]);
  });

  it("are those of the servers that run, with the notebooks they belong to", async () => {
    const session = jupyter.addSession("work/lab.ipynb");
    const alone = jupyter.addKernel();
    let changes = 0;
    kernels.onDidChange(() => changes++);
    await kernels.refreshIfOld();
    const told = Object.fromEntries(kernels.all.map(({ id, spec, path, name }) => [id, { spec, path, name }]));
    assert.deepEqual(told, {
      [alone.id]: { spec: "python3", path: undefined, name: undefined },
      [session.kernel?.id ?? ""]: { spec: "python3", path: "work/lab.ipynb", name: session.name || "lab.ipynb" },
    });
    assert.ok(changes > 0);
  });

  it("are asked for once in half a minute, however often the person looks", async () => {
    await Promise.all([kernels.refreshIfOld(), kernels.refreshIfOld()]);
    assert.equal(jupyter.count("GET /api/kernels"), 1);
    await clock.advance(minute);
    await kernels.refreshIfOld();
    assert.equal(jupyter.count("GET /api/kernels"), 2);
  });

  it("are there at once in the next window where a notebook is attached, until they are known to be gone", async () => {
    const kept = jupyter.addSession("lab.ipynb").kernel;
    jupyter.addSession("other.ipynb");
    await kernels.refreshIfOld();
    const running = kernels.all.find(({ id }) => id === kept?.id);
    assert.ok(running);
    await kernels.keep(running);
    close();
    open();
    assert.deepEqual(
      kernels.all.map(({ id, name, state }) => ({ id, name, state })),
      [{ id: kept?.id, name: "lab.ipynb", state: undefined }],
    );
    jupyter.sessions.clear();
    jupyter.kernels.clear();
    await kernels.refreshIfOld();
    assert.deepEqual(kernels.all, []);
    close();
    open();
    assert.deepEqual(kernels.all, []);
  });

  it("cannot be asked where the hub is away, and stay as they were", async () => {
    jupyter.addSession("lab.ipynb");
    await kernels.refreshIfOld();
    await hub.stop();
    await clock.advance(minute);
    await kernels.refreshIfOld();
    assert.equal(kernels.all.length, 1);
  });

  describe("with a notebook attached", () => {
    const notebook = { key: "file:///x.ipynb", path: "x-1.ipynb", name: "x.ipynb", clientId: "client" };
    let sessions: NotebookSessions;
    const attach = (id: string) => sessions.attach(notebook, servers.get(account, ""), id, AbortSignal.timeout(5_000));

    beforeEach(() => void (sessions = new NotebookSessions(servers, nullLogger)));
    afterEach(() => sessions.dispose());

    it("share their session", async () => {
      const session = jupyter.addSession("lab.ipynb");
      const { kernel, session: joined } = await attach(session.kernel?.id ?? "");
      assert.deepEqual([kernel.id, joined.id, jupyter.sessions.size], [session.kernel?.id, session.id, 1]);
    });

    it("get a session where they have none, and leave the notebook's own as it is", async () => {
      const own = jupyter.addSession(notebook.path);
      const alone = jupyter.addKernel();
      const { kernel, session } = await attach(alone.id);
      assert.deepEqual([kernel.id, session.path], [alone.id, `x-1-${alone.id.slice(0, 8)}.ipynb`]);
      assert.ok(jupyter.kernels.has(own.kernel?.id ?? ""));
    });

    it("are missed where they are gone, with what to do", async () => {
      await assert.rejects(attach("gone"), (error) => hasCode(error, "kernel-dead") && /Choose a kernel/.test(error.message));
    });
  });
});
