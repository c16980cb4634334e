// How a connection ends or rests: evicted by another, with its kernel, or because it leaves.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { KernelServer } from "../../../../fakes/kernelServer";
import { waitFor } from "../../../../harness/processes/wait";
import { ended, execute, fails, reconnected, scripted, within } from "./bench";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => void ({ server, connection } = await scripted()));
  afterEach(() => ended({ server, connection }));

  it("is evicted by a close without a code while another connection is there", async () => {
    server.socket.ws.close();
    await within(next(connection.onDidDispose, () => true));
    assert.equal(connection.ended?.code, "evicted");
    assert.equal(server.sockets.length, 1);
  });

  it("is not evicted by a close without a code while nobody else is there", async () => {
    server.model = { ...server.model, connections: 0 };
    const back = reconnected(connection);
    server.socket.ws.close();
    await back;
    assert.equal(server.sockets.length, 2);
  });

  for (const [what, connections] of [
    ["its own new websocket", 1],
    ["nobody", 0],
  ] as const) {
    it(`is not evicted, and opens one websocket, where it restarts the kernel while it is asked whether another has its place, and ${what} has`, async () => {
      await waitFor("the first question for the model", () => server.asked.length > 0, 5_000);
      const held = new Deferred<void>();
      server.onRest = (operation) => (operation.startsWith("GET") ? held.promise.then(() => undefined) : undefined);
      server.model = { ...server.model, connections };
      server.asked.length = 0;
      const gone = next(connection.onDidChangeConnectionStatus, (now) => now === "connecting");
      server.socket.ws.close();
      await within(gone);
      const back = reconnected(connection);
      await within(connection.restart());
      await back;
      held.resolve();
      // Up to ten questions for the place, and one for the model.
      const questions = connections === 0 ? 2 : 11;
      await waitFor("the answers", () => server.asked.filter((operation) => operation.startsWith("GET")).length === questions, 5_000);
      await within(execute(connection));
      assert.deepEqual([connection.ended, server.sockets.length], [undefined, 2]);
    });
  }

  it("does not take a proxy's 404 for the end of its kernel, but the server's", async () => {
    server.onRest = () => ({ status: 404, body: "<html><title>404</title></html>", type: "text/html" });
    await fails(connection.interrupt(), "server-error");
    await within(execute(connection));
    server.onRest = () => ({ status: 404, body: JSON.stringify({ message: `Kernel does not exist: ${connection.id}` }) });
    await fails(connection.interrupt(), "kernel-dead");
    assert.equal(connection.ended?.code, "kernel-dead");
  });

  it("leaves in order: what the server sends until then is received, and requests stay open", async () => {
    const texts: unknown[] = [];
    server.onRequest = (message, socket) => {
      socket.status("busy", message.header);
      // Said after we have begun to leave, and before the server hears of it.
      void connection.leave();
      for (let line = 0; line < 50; line++) socket.send("iopub", "stream", { name: "stdout", text: line }, message.header);
    };
    let settled = false;
    const cell = connection.execute({ code: "1" }, { onIOPub: ({ content }) => texts.push(content["text"]) });
    void cell.done.catch(() => undefined).finally(() => (settled = true));
    await within(new Promise((resolve) => server.socket.ws.once("close", resolve)));
    await within(connection.leave());
    assert.deepEqual(texts.filter((text) => text !== undefined).length, 50);
    assert.deepEqual([settled, server.sockets.length], [false, 1]);
  });

  it("leaves in order, for all who ask, also where the kernel's process ends meanwhile: no other websocket is opened", async () => {
    const left: Promise<boolean>[] = [];
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      left.push(connection.leave(), connection.leave());
      socket.status("restarting");
    };
    await fails(execute(connection), "kernel-dead");
    assert.deepEqual([await within(Promise.all(left)), server.sockets.length], [[true, true], 1]);
  });

  it("says that what was asked while it closes its websocket to rest could not be sent, where there is no way back", async () => {
    connection.dispose();
    connection = new KernelConnection({ settings: server.settings({ request: 200 }), model: server.model });
    await within(connection.info);
    if (connection.status !== "idle") await within(next(connection.onDidChangeStatus, (status) => status === "idle"));
    server.onUpgrade = () => "cut";
    assert.equal(connection.rest(), true);
    await fails(execute(connection), "unreachable");
  });
});
