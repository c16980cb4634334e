// What a kernel sends, in whatever order and form, and what becomes of it: for what a real one cannot be made to do.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { Message } from "../../../../../src/services/kernel/messages";
import type { KernelServer } from "../../../../fakes/kernelServer";
import { fakeInfo } from "../../../../fakes/kernelServer";
import { mayLog } from "../../../../harness/results/loggedErrors";
import { ended, execute, fails, impatient, scripted, within } from "./bench";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => void ({ server, connection } = await scripted()));
  afterEach(() => ended({ server, connection }));

  it("19: takes idle before the reply", async () => {
    server.onRequest = ({ header }, socket) => {
      socket.status("idle", header);
      socket.send("shell", "execute_reply", { status: "ok" }, header);
    };
    await within(execute(connection));
  });

  it("settles a request whose idle was dropped when the kernel begins with the next one", async () => {
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      socket.send("shell", "execute_reply", { status: "ok" }, header);
    };
    const first = connection.execute({ code: "1" });
    void connection.execute({ code: "2" });
    assert.equal((await within(first.done)).status, "ok");
  });

  it("goes on after messages that follow no protocol, and after unknown ones", async () => {
    server.onRequest = (message, socket) => {
      socket.ws.send("{");
      socket.ws.send(Buffer.from([1, 2, 3]));
      socket.send("iopub", "novel_message", {}, message.header);
      socket.send("iopub", "status", { execution_state: 7 }, message.header);
      socket.send("iopub", "stream", {}, { msg_id: "nobody's" });
      socket.answer(message);
    };
    await within(execute(connection));
    await within(execute(connection));
  });

  it("rejects a reply of an unknown form, and goes on", async () => {
    server.onRequest = (message, socket) => socket.answer(message, { status: "dancing" });
    await fails(execute(connection), "invalid-message");
    server.onRequest = (message, socket) => socket.answer(message);
    await within(execute(connection));
  });

  it("is busy as long as its shell runs something, whatever it answers to others and on the control channel", async () => {
    const cell = new Deferred<Message>();
    server.onRequest = (message, socket) => {
      if (message.channel === "control") {
        socket.answer(message);
        return;
      }
      socket.status("busy", message.header);
      cell.resolve(message);
    };
    const seen: string[] = [];
    connection.onDidChangeStatus((status) => seen.push(status));
    const done = execute(connection);
    const request = await within(cell.promise);
    await within(connection.debug({ seq: 1, command: "threads" }).done);
    for (const state of ["busy", "idle"]) server.socket.status(state, { msg_id: "the server's", msg_type: "kernel_info_request" });
    server.socket.answer(request);
    await within(done);
    assert.deepEqual(seen, ["busy", "idle"]);
    // Where the end of that was lost, the shell's next word tells.
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      socket.send("iopub", "status", { execution_state: "busy" }, { msg_id: "another's", msg_type: "execute_request" });
    };
    connection.execute({ code: "1" }).dispose();
    await within(next(connection.onIOPubMessage, ({ parent_header: parent }) => parent.msg_id === "another's"));
    await within(connection.requestKernelInfo().done);
    assert.equal(connection.status, "idle");
  });

  it("asks where a reply is followed by silence, and settles the request whose idle was dropped", async () => {
    connection = await impatient({ server, connection });
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      socket.send("shell", "execute_reply", { status: "ok" }, header);
    };
    await within(execute(connection));
    assert.equal(server.sockets.length, 2); // the one before, and this
  });

  it("rejects info that cannot be read", async () => {
    server.onInfo = (message, socket) => socket.answer(message, { status: "ok" });
    const other = new KernelConnection({ settings: server.settings(), model: server.model });
    await fails(other.info, "invalid-message");
    other.dispose();
  });

  it("settles info when it is disposed before the answer, and survives a restart before it", async () => {
    const held = new Deferred<void>();
    server.onInfo = (message, socket) => void held.promise.then(() => socket.answer(message, fakeInfo));
    const first = new KernelConnection({ settings: server.settings(), model: server.model });
    first.dispose();
    await fails(first.info, "disposed");
    const second = new KernelConnection({ settings: server.settings(), model: server.model });
    await within(second.restart());
    held.resolve();
    assert.equal((await within(second.info)).implementation, "fake");
    second.dispose();
  });

  it("has a faulty handler of one request harm nobody", async () => {
    mayLog(/^A handler of \w+ failed: Error: in the handler/);
    const faulty = connection.execute(
      { code: "1" },
      {
        onIOPub: () => {
          throw new Error("in the handler");
        },
      },
    );
    const stuck = connection.execute({ code: "2" }, { onIOPub: () => new Promise(() => undefined) });
    await within(faulty.done);
    await within(execute(connection));
    assert.equal(connection.status, "idle");
    stuck.dispose();
  });

  it("holds a flood back while its handler is slow, and loses nothing", async () => {
    const total = 10_000;
    let sent = 0;
    let most = 0;
    let got = 0;
    const begun = new Deferred<void>();
    const gate = new Deferred<void>();
    server.onRequest = (message, socket) => {
      const { header } = message;
      const more = (): void => {
        // As much as the connection takes; the rest waits for it.
        while (sent < total && socket.ws.bufferedAmount < 64 * 1024) {
          socket.send("iopub", "stream", { name: "stdout", text: "x".repeat(300) }, header);
          sent += 1;
        }
        if (sent < total) setTimeout(more, 1);
        else socket.answer(message);
      };
      more();
    };
    const cell = connection.execute(
      { code: "flood" },
      {
        onIOPub: ({ header }) => {
          if (header.msg_type !== "stream") return undefined;
          got += 1;
          begun.resolve();
          return got === 1 ? gate.promise : undefined;
        },
      },
    );
    connection.onAnyMessage(() => (most += 1));
    await within(begun.promise);
    await within(
      new Promise<void>((resolve) => {
        // The flood stands still when nothing more has come for a while.
        let before = -1;
        const look = setInterval(() => {
          if (most === before && most > 1_000) {
            clearInterval(look);
            resolve();
          }
          before = most;
        }, 50);
      }),
    );
    assert.ok(most < total / 2, `${most} messages were taken in`);
    gate.resolve();
    await within(cell.done);
    assert.equal(got, total);
  });
});
