// Session connections on a real server: behaviours 55 and 56 of docs/behaviours.md, and the events of a kernel that changes.
import assert from "node:assert/strict";
import { hasCode } from "../../src/base/errors";
import type { ServiceManager } from "../../src/services/serviceManager";
import type { SessionConnection } from "../../src/services/session/connection";
import { getSession } from "../../src/services/session/client";
import { failure } from "../harness/failure";
import { SessionServer, start, until } from "./support/session";

describe("session connections", function () {
  this.timeout(120_000);
  let server: SessionServer;
  let services: ServiceManager;
  let session: SessionConnection;

  before(async () => void (server = await SessionServer.start()));
  beforeEach(async () => {
    services = server.client();
    session = await services.sessions.startNew(start(server.path()));
  });
  afterEach(() => server.close());

  it("55 setPath, setName and setType change the session on the server and say so", async () => {
    const changed: string[] = [];
    session.onDidChangeProperty((property) => changed.push(property));
    const path = server.path();
    await session.setPath(path);
    await session.setName("Another name");
    await session.setType("console");
    assert.deepEqual(changed, ["path", "name", "type"]);
    const { path: newPath, name, type } = await getSession(server.settings, session.id);
    assert.deepEqual([newPath, name, type], [path, "Another name", "console"]);
    assert.deepEqual([session.path, session.name, session.type], [path, "Another name", "console"]);
  });

  it("55 changes reach the session's other connections, here at once and elsewhere by refresh", async () => {
    const here = services.sessions.connectTo(session.model);
    const other = server.client();
    const there = other.sessions.connectTo(session.model);
    await session.setName("Another name");
    await session.changeKernel({ name: "python3" });
    await other.sessions.refresh();
    for (const each of [here, there]) assert.deepEqual([each.name, each.kernel?.id], ["Another name", session.kernel?.id]);
    assert.equal((await there.kernel?.execute({ code: "1" }).done)?.status, "ok");
  });

  it("55 changeKernel by name starts a kernel, by id takes a running one; the old one ends", async () => {
    const first = session.kernel;
    const seen: unknown[] = [];
    session.onDidChangeKernel((kernel) => seen.push(kernel?.id));
    const second = await session.changeKernel({ name: "python3" });
    assert.notEqual(second?.id, first?.id);
    const third = await services.kernels.startNew("python3");
    const attached = await session.changeKernel({ id: third.id });
    assert.equal(attached?.id, third.id);
    assert.deepEqual(seen, [second?.id, third.id]);
    assert.ok(first?.ended && second?.ended);
    assert.deepEqual(
      (await services.kernels.refresh()).map(({ id }) => id),
      [third.id],
    );
  });

  it("55 everything rejects once disposed, and the session stays on the server", async () => {
    const { kernel } = session;
    session.dispose();
    session.dispose();
    for (const act of [
      session.setPath("x"),
      session.setName("x"),
      session.setType("x"),
      session.changeKernel({ name: "python3" }),
      session.shutdown(),
    ]) {
      assert.equal((await failure(act)).code, "disposed");
    }
    assert.ok(kernel?.isDisposed);
    assert.equal((await services.sessions.refresh())[0]?.id, session.id);
  });

  // jupyter_server 2 answers 404 here, older ones and races 410: that one is tested in test/unit/services/session.
  it("56 a session whose kernel was shut down before it can be shut down all the same", async () => {
    await server.client().kernels.shutdown(session.kernel?.id ?? "");
    try {
      await services.sessions.shutdown(session.id);
    } catch (error) {
      assert.ok(hasCode(error, "not-found") && /shut down before the session/.test(error.message), String(error));
    }
    assert.ok(session.isDisposed && session.kernel?.ended);
    assert.deepEqual([services.sessions.running, services.kernels.running], [[], []]);
  });

  it("is disposed when its session was shut down elsewhere, and says so", async () => {
    const disposed = until(session.onDidDispose);
    await server.client().sessions.shutdown(session.id);
    await services.refresh();
    await disposed;
    assert.ok(session.kernel?.ended);
  });

  it("fires the events of whatever kernel it has", async () => {
    await session.changeKernel({ name: "python3" });
    const busy = until(session.ofKernel.onDidChangeStatus, (status) => status === "busy");
    const printed = until(session.ofKernel.onIOPubMessage, ({ header }) => header.msg_type === "stream");
    const sent = until(session.ofKernel.onAnyMessage, ({ direction }) => direction === "send");
    await session.kernel?.execute({ code: "print('from the new one')" }).done;
    await Promise.all([busy, printed, sent]);
  });

  it("joins the session that its path has, whatever kernel was asked for", async () => {
    const again = await services.sessions.startNew(start(session.path));
    assert.deepEqual([again.id, again.kernel?.id], [session.id, session.kernel?.id]);
  });
});
