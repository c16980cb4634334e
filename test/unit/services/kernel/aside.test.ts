// A request that is nobody's work: while the kernel is at it, it counts as idle, and what others have it do counts as ever.
import assert from "node:assert/strict";
import { withTimeout } from "../../../../src/base/async";
import { KernelConnection } from "../../../../src/services/kernel/connection";
import type { Message } from "../../../../src/services/kernel/messages";
import { KernelServer, type KernelSocket } from "../../../fakes/kernelServer";

describe("a request that is nobody's work", () => {
  let server: KernelServer;
  let connection: KernelConnection;
  let statuses: string[];
  beforeEach(async () => {
    server = await KernelServer.start();
    connection = new KernelConnection({ settings: server.settings(), model: server.model });
    await within(connection.info);
    await within(connection.execute({ code: "1" }).done);
    statuses = [];
    connection.onDidChangeStatus((status) => statuses.push(status));
  });
  afterEach(async () => {
    connection.dispose();
    await server.stop();
  });

  const within = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 5_000, "Waited in vain");
  const completion = { status: "ok", matches: [], cursor_start: 0, cursor_end: 2, metadata: {} };
  const others = { msg_id: "of another client", msg_type: "execute_request", session: "another" };

  it("changes nothing of the kernel's status", async () => {
    server.onRequest = (message, socket) => socket.answer(message, completion);
    await within(connection.complete("zz", 2, { isAside: true }).done);
    assert.deepEqual([statuses, connection.status], [[], "idle"]);
  });

  it("is told from one that somebody waits for", async () => {
    server.onRequest = (message, socket) => socket.answer(message, completion);
    await within(connection.complete("zz", 2).done);
    assert.deepEqual(statuses, ["busy", "idle"]);
  });

  it("hides nothing of a cell behind it", async () => {
    let held: [Message, KernelSocket] | undefined;
    server.onRequest = (message, socket) => {
      if (message.header.msg_type === "complete_request") {
        socket.status("busy", message.header);
        held = [message, socket];
        return;
      }
      // The kernel answers in order.
      const [before, to] = held ?? [];
      if (before) to?.send("shell", "complete_reply", completion, before.header);
      if (before) to?.status("idle", before.header);
      socket.answer(message);
    };
    const aside = connection.complete("zz", 2, { isAside: true });
    const cell = connection.execute({ code: "2" });
    await within(Promise.all([aside.done, cell.done]));
    assert.deepEqual(statuses, ["busy", "idle"]);
  });

  it("hides nothing of what others run", async () => {
    server.onRequest = (message, socket) => {
      socket.answer(message, completion);
      socket.status("busy", others);
      socket.status("idle", others);
    };
    await within(connection.complete("zz", 2, { isAside: true }).done);
    await within(connection.requestKernelInfo().done);
    assert.deepEqual(statuses.slice(0, 2), ["busy", "idle"]);
  });

  it("keeps the connection from being closed at rest until it is answered", async () => {
    let answer = (): void => undefined;
    server.onRequest = (message, socket) => (answer = () => socket.answer(message, completion));
    const aside = connection.complete("zz", 2, { isAside: true });
    await within(connection.requestKernelInfo().done);
    assert.equal(connection.rest(), false);
    answer();
    await within(aside.done);
    assert.equal(connection.rest(), true);
  });
});
