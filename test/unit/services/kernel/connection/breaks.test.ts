// A connection that breaks, and how it comes back: with one websocket, under the same id.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { Message } from "../../../../../src/services/kernel/messages";
import type { KernelServer } from "../../../../fakes/kernelServer";
import { ended, execute, fails, reconnected, scripted, within } from "./bench";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => void ({ server, connection } = await scripted()));
  afterEach(() => ended({ server, connection }));

  it("opens no websocket on a silent network before the server answers a request", async () => {
    const answers = new Deferred<void>();
    connection.dispose();
    connection = new KernelConnection({ settings: server.settings({ liveness: 60 }), model: server.model });
    await within(connection.info);
    // Nothing is heard: neither answers nor pongs.
    server.onRequest = (_message, socket) => socket.ws.pause();
    server.onRest = () => answers.promise.then(() => undefined);
    const cell = execute(connection);
    const before = server.sockets.length;
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "disconnected"));
    assert.equal(server.sockets.length, before);
    answers.resolve();
    await fails(cell, "connection-lost");
    assert.equal(server.sockets.length, before + 1);
  });

  for (const code of [1000, 1001, 1011]) {
    it(`37, 38: reconnects with the same id when the server closes with ${code}, and gets the answer then`, async () => {
      const asked = new Deferred<Message>();
      server.onRequest = (message) => asked.resolve(message);
      const answer = execute(connection);
      const request = await within(asked.promise);
      server.onSocket = (socket) => socket.answer(request);
      server.socket.ws.close(code);
      await within(answer);
      const [first, second] = server.sockets;
      assert.equal(second?.clientId, first?.clientId);
    });
  }

  it("38: reconnects when the connection breaks without a close, and settles what the kernel has finished without us", async () => {
    server.onRequest = (_message, socket) => socket.ws.terminate();
    await fails(execute(connection), "connection-lost");
    server.onRequest = (message, socket) => socket.answer(message);
    await within(execute(connection));
  });

  it("never has two websockets, however often it is hurried", async () => {
    const back = reconnected(connection);
    server.socket.ws.terminate();
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    for (let time = 0; time < 5; time++) {
      connection.probe();
      void connection.reconnect().catch(() => undefined);
      void connection.execute({ code: "1" });
    }
    await back;
    await within(execute(connection));
    assert.equal(server.sockets.length, 2);
  });

  it("says when it tries again, while it waits for that", async () => {
    assert.equal(connection.nextAttempt, undefined);
    const failed = next(connection.onDidChangeConnectionStatus, (now) => now === "disconnected");
    const before = Date.now();
    await server.stop();
    await within(failed);
    const due = Number(connection.nextAttempt);
    // The first pause is of half a second, with up to half of it taken off by chance.
    assert.ok(due >= before + 250 && due <= Date.now() + 500, `${due - before}`);
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    assert.equal(connection.nextAttempt, undefined);
  });
});
