// A restart of a scripted kernel, asked for here or not: the new process is asked until it is heard.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { Message } from "../../../../../src/services/kernel/messages";
import type { KernelServer } from "../../../../fakes/kernelServer";
import { fakeInfo } from "../../../../fakes/kernelServer";
import { ended, execute, fails, impatient, scripted, within } from "./bench";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => void ({ server, connection } = await scripted()));
  afterEach(() => ended({ server, connection }));

  it("asks again after a restart where the question went to the old process", async () => {
    connection = await impatient({ server, connection });
    let asked = 0;
    server.onInfo = (message, socket) => {
      if (asked++ > 0) socket.answer(message, fakeInfo);
    };
    await within(connection.restart());
    await within(execute(connection));
    assert.ok(asked >= 2);
  });

  const unheard: readonly (readonly [string, KernelServer["onInfo"]])[] = [
    ["answers but is not heard on iopub", (message, socket) => socket.send("shell", "kernel_info_reply", fakeInfo, message.header)],
    ["does not answer, and the server takes it for idle", () => undefined],
  ];
  for (const [what, answersAtFirst] of unheard) {
    it(`opens another websocket where the new process ${what}`, async () => {
      connection = await impatient({ server, connection });
      await within(connection.restart());
      const before = server.sockets.length;
      server.onInfo = (message, socket) => {
        if (server.sockets.length > before + 2) socket.answer(message, fakeInfo);
        else answersAtFirst(message, socket);
      };
      await within(connection.restart());
      await within(execute(connection));
      assert.equal(server.sockets.length, before + 3);
    });
  }

  it("waits for a new process that does not answer because it is at something for others", async () => {
    connection = await impatient({ server, connection });
    const before = server.sockets.length;
    const questions: Message[] = [];
    const looked = new Deferred<void>();
    server.onInfo = (message) => {
      // All questions that it asks again: by then the silence was looked into.
      if (questions.push(message) === 9) looked.resolve();
    };
    await within(connection.restart());
    server.model = { ...server.model, execution_state: "busy" };
    const cell = execute(connection);
    await within(looked.promise);
    for (const question of questions) server.socket.answer(question, fakeInfo);
    await within(cell);
    assert.equal(server.sockets.length, before + 1);
  });

  it("notices another process that came without a word", async () => {
    server.onRequest = ({ header }, socket) => socket.status("busy", header);
    const cell = execute(connection);
    await within(next(connection.onDidChangeStatus, (status) => status === "busy"));
    server.session = "another process";
    server.onRequest = (message, socket) => socket.answer(message);
    server.socket.status("starting");
    await fails(cell, "kernel-restarted");
    await within(execute(connection));
    assert.equal(server.sockets.length, 2);
  });

  it("asks again after a restart where the server was not listening yet when the new process said it was idle", async () => {
    connection = await impatient({ server, connection }, 300);
    let asked = 0;
    const info = { ...fakeInfo, implementation: "renewed" };
    server.onInfo = (message, socket) => {
      if (asked++ > 0) socket.answer(message, info);
      else socket.send("shell", "kernel_info_reply", info, message.header);
    };
    await within(connection.restart());
    server.received.length = 0;
    await within(execute(connection));
    assert.equal((await within(connection.info)).implementation, "renewed");
    // Nothing is given to a process that is not heard yet: what it printed could be lost.
    assert.deepEqual(server.received.map(({ header }) => header.msg_type).slice(-2), ["kernel_info_request", "execute_request"]);
    assert.equal(asked, 2);
  });

  it("restarts, is interrupted and shut down once where that is asked for several times at once", async () => {
    const held = new Deferred<void>();
    server.onRest = (operation) => (/^POST|^DELETE/.test(operation) ? held.promise.then(() => undefined) : undefined);
    const settings = server.settings();
    connection.dispose();
    connection = new KernelConnection({ settings, model: server.model });
    const other = new KernelConnection({ settings, model: server.model });
    await within(Promise.all([connection.info, other.info]));
    const before = server.sockets.length;
    const restarts = [connection.restart(), connection.restart(), connection.restart(), other.restart()];
    const interrupts = [connection.interrupt(), other.interrupt(), connection.interrupt()];
    held.resolve();
    await within(Promise.all([...restarts, ...interrupts]));
    await within(execute(connection));
    const count = (end: string): number => server.asked.filter((operation) => operation.endsWith(end)).length;
    assert.deepEqual([count("/restart"), count("/interrupt")], [1, 1]);
    assert.ok(server.sockets.length <= before + 3, "one more websocket each");
    await within(Promise.all([connection.shutdown(), connection.shutdown(), other.shutdown()]));
    assert.equal(server.asked.filter((operation) => operation.startsWith("DELETE")).length, 1);
  });

  for (const [what, reply, code] of [
    ["an error", { status: 500, body: '{"message": "broken"}' }, "server-error"],
    ["a login page", { status: 200, body: "<html>", type: "text/html" }, "signed-out"],
  ] as const) {
    it(`20, 21: interrupt and restart reject on ${what}, and the connection goes on`, async () => {
      server.onRest = (operation) => (operation.startsWith("POST") ? reply : undefined);
      await fails(connection.interrupt(), code);
      await fails(connection.restart(), code);
      await within(execute(connection));
    });
  }

  it("21: restart rejects on an answer that is no kernel", async () => {
    server.onRest = (operation) => (operation.startsWith("POST") ? { body: '{"id": 7}' } : undefined);
    await fails(connection.restart(), "invalid-response");
    await within(execute(connection));
  });

  it("23: sends nothing while it restarts, and hears nothing of the old process", async () => {
    const restarting = new Deferred<void>();
    server.onRest = async (operation) => {
      if (operation.endsWith("/restart")) await restarting.promise;
      return undefined;
    };
    const done = connection.restart();
    const held = execute(connection);
    server.received.length = 0;
    server.socket.status("idle", { msg_id: "late" });
    await within(next(connection.onIOPubMessage, () => true));
    assert.deepEqual([connection.status, server.received.length], ["restarting", 0]);
    restarting.resolve();
    await within(Promise.all([done, held]));
    assert.deepEqual(
      server.received.map(({ header }) => header.msg_type),
      ["kernel_info_request", "execute_request"],
    );
  });
});
