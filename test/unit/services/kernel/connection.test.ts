// A kernel connection against a scripted kernel, for what a real one cannot be made to do.
import assert from "node:assert/strict";
import { Deferred, withTimeout } from "../../../../src/base/async";
import type { ProductError, ErrorCode } from "../../../../src/base/errors";
import { next } from "../../../../src/base/event";
import { KernelConnection } from "../../../../src/services/kernel/connection";
import type { KernelFuture } from "../../../../src/services/kernel/requests/future";
import type { ExecuteReply, Message } from "../../../../src/services/kernel/messages";
import { KernelServer, fakeInfo } from "../../../fakes/kernelServer";
import { waitFor } from "../../../harness/processes/wait";
import { mayLog } from "../../../harness/results/loggedErrors";
import { failure } from "../../../harness/failure";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => {
    server = await KernelServer.start();
    connection = new KernelConnection({ settings: server.settings({ liveness: 5_000 }), model: server.model });
    await within(connection.info);
  });
  afterEach(async () => {
    connection.dispose();
    await server.stop();
  });

  const within = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 5_000, "Waited in vain");
  const fails = (promise: Promise<unknown>, code: ErrorCode): Promise<ProductError> => failure(within(promise), code);
  const reconnected = (): Promise<unknown> => within(next(connection.onDidChangeConnectionStatus, (now) => now === "connected"));
  const execute = (): Promise<unknown> => connection.execute({ code: "1" }).done;

  it("19: takes idle before the reply", async () => {
    server.onRequest = ({ header }, socket) => {
      socket.status("idle", header);
      socket.send("shell", "execute_reply", { status: "ok" }, header);
    };
    await within(execute());
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
    await within(execute());
    await within(execute());
  });

  it("rejects a reply of an unknown form, and goes on", async () => {
    server.onRequest = (message, socket) => socket.answer(message, { status: "dancing" });
    await fails(execute(), "invalid-message");
    server.onRequest = (message, socket) => socket.answer(message);
    await within(execute());
  });

  /** Instead of the usual connection, one that asks again after `answer` milliseconds. */
  const impatient = async (answer = 10): Promise<void> => {
    connection.dispose();
    connection = new KernelConnection({ settings: server.settings({ answer }), model: server.model });
    await within(connection.info);
  };

  it("asks again after a restart where the question went to the old process", async () => {
    await impatient();
    let asked = 0;
    server.onInfo = (message, socket) => {
      if (asked++ > 0) socket.answer(message, fakeInfo);
    };
    await within(connection.restart());
    await within(execute());
    assert.ok(asked >= 2);
  });

  const unheard: readonly (readonly [string, KernelServer["onInfo"]])[] = [
    ["answers but is not heard on iopub", (message, socket) => socket.send("shell", "kernel_info_reply", fakeInfo, message.header)],
    ["does not answer, and the server takes it for idle", () => undefined],
  ];
  for (const [what, answersAtFirst] of unheard) {
    it(`opens another websocket where the new process ${what}`, async () => {
      await impatient();
      await within(connection.restart());
      const before = server.sockets.length;
      server.onInfo = (message, socket) => {
        if (server.sockets.length > before + 2) socket.answer(message, fakeInfo);
        else answersAtFirst(message, socket);
      };
      await within(connection.restart());
      await within(execute());
      assert.equal(server.sockets.length, before + 3);
    });
  }

  it("waits for a new process that does not answer because it is at something for others", async () => {
    await impatient();
    const before = server.sockets.length;
    const questions: Message[] = [];
    const looked = new Deferred<void>();
    server.onInfo = (message) => {
      // All questions that it asks again: by then the silence was looked into.
      if (questions.push(message) === 9) looked.resolve();
    };
    await within(connection.restart());
    server.model = { ...server.model, execution_state: "busy" };
    const cell = execute();
    await within(looked.promise);
    for (const question of questions) server.socket.answer(question, fakeInfo);
    await within(cell);
    assert.equal(server.sockets.length, before + 1);
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
    const done = execute();
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
    await impatient();
    server.onRequest = ({ header }, socket) => {
      socket.status("busy", header);
      socket.send("shell", "execute_reply", { status: "ok" }, header);
    };
    await within(execute());
    assert.equal(server.sockets.length, 2); // the one before, and this
  });

  it("notices another process that came without a word", async () => {
    server.onRequest = ({ header }, socket) => socket.status("busy", header);
    const cell = execute();
    await within(next(connection.onDidChangeStatus, (status) => status === "busy"));
    server.session = "another process";
    server.onRequest = (message, socket) => socket.answer(message);
    server.socket.status("starting");
    await fails(cell, "kernel-restarted");
    await within(execute());
    assert.equal(server.sockets.length, 2);
  });

  it("opens no websocket on a silent network before the server answers a request", async () => {
    const answers = new Deferred<void>();
    connection.dispose();
    connection = new KernelConnection({ settings: server.settings({ liveness: 60 }), model: server.model });
    await within(connection.info);
    // Nothing is heard: neither answers nor pongs.
    server.onRequest = (_message, socket) => socket.ws.pause();
    server.onRest = () => answers.promise.then(() => undefined);
    const cell = execute();
    const before = server.sockets.length;
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "disconnected"));
    assert.equal(server.sockets.length, before);
    answers.resolve();
    await fails(cell, "connection-lost");
    assert.equal(server.sockets.length, before + 1);
  });

  it("asks again after a restart where the server was not listening yet when the new process said it was idle", async () => {
    await impatient(300);
    let asked = 0;
    const info = { ...fakeInfo, implementation: "renewed" };
    server.onInfo = (message, socket) => {
      if (asked++ > 0) socket.answer(message, info);
      else socket.send("shell", "kernel_info_reply", info, message.header);
    };
    await within(connection.restart());
    server.received.length = 0;
    await within(execute());
    assert.equal((await within(connection.info)).implementation, "renewed");
    // Nothing is given to a process that is not heard yet: what it printed could be lost.
    assert.deepEqual(server.received.map(({ header }) => header.msg_type).slice(-2), ["kernel_info_request", "execute_request"]);
    assert.equal(asked, 2);
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
    await within(execute());
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
      await within(execute());
    });
  }

  it("21: restart rejects on an answer that is no kernel", async () => {
    server.onRest = (operation) => (operation.startsWith("POST") ? { body: '{"id": 7}' } : undefined);
    await fails(connection.restart(), "invalid-response");
    await within(execute());
  });

  it("23: sends nothing while it restarts, and hears nothing of the old process", async () => {
    const restarting = new Deferred<void>();
    server.onRest = async (operation) => {
      if (operation.endsWith("/restart")) await restarting.promise;
      return undefined;
    };
    const done = connection.restart();
    const held = execute();
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

  for (const code of [1000, 1001, 1011]) {
    it(`37, 38: reconnects with the same id when the server closes with ${code}, and gets the answer then`, async () => {
      const asked = new Deferred<Message>();
      server.onRequest = (message) => asked.resolve(message);
      const answer = execute();
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
    await fails(execute(), "connection-lost");
    server.onRequest = (message, socket) => socket.answer(message);
    await within(execute());
  });

  describe("sends code again that broke off on its way", () => {
    const codes = (): unknown[] => server.received.flatMap(({ content }) => (content["silent"] === false ? [content["code"]] : []));
    /** Sends these into a connection that swallows them, and breaks it. */
    const lose = (...cells: string[]): KernelFuture<ExecuteReply>[] => {
      server.loses = true;
      return cells.map((code) => connection.execute({ code }));
    };
    const begin = ({ header, content }: Message): void =>
      server.socket.send("iopub", "execute_input", { code: content["code"] ?? "", execution_count: server.cells }, header);
    const breakOff = async (): Promise<void> => {
      const gone = within(next(connection.onDidChangeConnectionStatus, (now) => now !== "connected"));
      server.onSocket = () => (server.loses = false);
      server.socket.ws.terminate();
      await gone;
    };

    it("in its order, and before what was asked meanwhile", async () => {
      server.onRequest = (message, socket) => {
        begin(message);
        socket.answer(message);
      };
      await within(connection.execute({ code: "0" }).done);
      const lost = lose("1", "2");
      await breakOff();
      const later = connection.execute({ code: "3" });
      await within(Promise.all([...lost, later].map(({ done }) => done)));
      assert.deepEqual(codes(), ["0", "1", "2", "3"]);
    });

    it("not where the kernel has run something that nobody here has seen, and says so", async () => {
      const [lost] = lose("1");
      const missed = within(next(connection.onDidMissMessages, () => true));
      await breakOff();
      server.cells = 1;
      await fails(lost?.done ?? assert.fail(), "connection-lost");
      await missed;
      await within(execute());
      assert.deepEqual(codes(), ["1"]);
    });

    it("not where others have run more than what was seen of them", async () => {
      const [lost] = lose("1");
      server.onInfo = (message, socket) => {
        socket.send("iopub", "execute_input", { code: "x", execution_count: 2 }, { msg_id: "another's" });
        server.cells = 2;
        socket.answer(message, fakeInfo);
      };
      await breakOff();
      await fails(lost?.done ?? assert.fail(), "connection-lost");
    });

    it("not where the answer cannot be read", async () => {
      const [lost] = lose("1");
      server.onCount = (message, socket) => socket.answer(message, { status: "dancing" });
      await breakOff();
      await fails(lost?.done ?? assert.fail(), "connection-lost");
      await within(execute());
    });

    it("not what was behind a cell that has failed: the kernel would have dropped it", async () => {
      const asked = new Deferred<Message>();
      server.onRequest = (message) => asked.resolve(message);
      const failing = connection.execute({ code: "1" });
      const request = await within(asked.promise);
      const [lost] = lose("2");
      begin(request);
      server.socket.answer(request, { status: "error", ename: "E", evalue: "", traceback: [], execution_count: 1 });
      await within(failing.done);
      await breakOff();
      await fails(lost?.done ?? assert.fail(), "aborted");
      assert.deepEqual(codes(), ["1"]);
    });

    it("not what nobody waits for any more", async () => {
      const [first, second] = lose("1", "2");
      await breakOff();
      first?.dispose();
      await within(second?.done ?? assert.fail());
      assert.deepEqual(codes(), ["2"]);
    });
  });

  it("makes no subshell in a kernel that has none, and says so", async () => {
    await fails(connection.createSubshell(), "unsupported");
    await fails(connection.listSubshells(), "unsupported");
    await fails(connection.deleteSubshell("s1"), "unsupported");
  });

  it("keeps waiting for control and subshell requests that a reply on the main shell says nothing about", async () => {
    const asked: Message[] = [];
    server.onRequest = (message) => void asked.push(message);
    const slow = connection.execute({ code: "1" }, {}, { subshell: "s1" });
    const debug = connection.debug({ seq: 1, command: "threads" });
    await within(connection.requestKernelInfo().done);
    const lanes = new Set<string>();
    server.onInfo = (message, socket) => {
      lanes.add(`${message.channel} ${message.header.subshell_id ?? ""}`);
      if (message.channel === "shell" && message.header.subshell_id === undefined) socket.answer(message, fakeInfo);
    };
    const back = reconnected();
    server.socket.ws.terminate();
    await back;
    await within(connection.requestKernelInfo().done);
    for (const message of asked) server.socket.answer(message);
    await within(Promise.all([slow.done, debug.done]));
    assert.deepEqual([...lanes].sort(), ["control ", "shell ", "shell s1"]);
  });

  it("has the control channel asked while the shell does not answer yet", async () => {
    server.onInfo = () => undefined;
    server.onRequest = (message, socket) => {
      if (message.channel === "control") socket.answer(message);
    };
    const other = new KernelConnection({ settings: server.settings(), model: server.model });
    const cell = other.execute({ code: "1" });
    await within(other.debug({ seq: 1, command: "threads" }).done);
    assert.ok(!server.received.some(({ header }) => header.msg_type === "execute_request"));
    other.dispose();
    await fails(cell.done, "disposed");
  });

  it("is evicted by a close without a code while another connection is there", async () => {
    server.socket.ws.close();
    await within(next(connection.onDidDispose, () => true));
    assert.equal(connection.ended?.code, "evicted");
    assert.equal(server.sockets.length, 1);
  });

  it("is not evicted by a close without a code while nobody else is there", async () => {
    server.model = { ...server.model, connections: 0 };
    const back = reconnected();
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
      const back = reconnected();
      await within(connection.restart());
      await back;
      held.resolve();
      // Up to ten questions for the place, and one for the model.
      const questions = connections === 0 ? 2 : 11;
      await waitFor("the answers", () => server.asked.filter((operation) => operation.startsWith("GET")).length === questions, 5_000);
      await within(execute());
      assert.deepEqual([connection.ended, server.sockets.length], [undefined, 2]);
    });
  }

  it("does not take a proxy's 404 for the end of its kernel, but the server's", async () => {
    server.onRest = () => ({ status: 404, body: "<html><title>404</title></html>", type: "text/html" });
    await fails(connection.interrupt(), "server-error");
    await within(execute());
    server.onRest = () => ({ status: 404, body: JSON.stringify({ message: `Kernel does not exist: ${connection.id}` }) });
    await fails(connection.interrupt(), "kernel-dead");
    assert.equal(connection.ended?.code, "kernel-dead");
  });

  it("takes back what was not sent, and says whether anything was", async () => {
    server.onRequest = ({ header }, socket) => socket.status("busy", header);
    const sent = connection.execute({ code: "1" });
    await within(next(connection.onDidChangeStatus, (status) => status === "busy"));
    server.socket.ws.terminate();
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    const unsent = connection.execute({ code: "2" }, {}, { waits: true });
    assert.equal(connection.withdraw(), true);
    await fails(unsent.done, "aborted");
    sent.dispose();
    assert.equal(connection.withdraw(), false);
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
    await fails(execute(), "kernel-dead");
    assert.deepEqual([await within(Promise.all(left)), server.sockets.length], [[true, true], 1]);
  });

  it("says that what was asked while it closes its websocket to rest could not be sent, where there is no way back", async () => {
    connection.dispose();
    connection = new KernelConnection({ settings: server.settings({ request: 200 }), model: server.model });
    await within(connection.info);
    if (connection.status !== "idle") await within(next(connection.onDidChangeStatus, (status) => status === "idle"));
    server.onUpgrade = () => "cut";
    assert.equal(connection.rest(), true);
    await fails(execute(), "unreachable");
  });

  it("never has two websockets, however often it is hurried", async () => {
    const back = reconnected();
    server.socket.ws.terminate();
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    for (let time = 0; time < 5; time++) {
      connection.probe();
      void connection.reconnect().catch(() => undefined);
      void connection.execute({ code: "1" });
    }
    await back;
    await within(execute());
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

  it("settles what cannot be written", async () => {
    const content: Record<string, unknown> = {};
    content["self"] = content;
    await fails(connection.sendShell("odd_request", content).done, "invalid-message");
    await within(execute());
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
    await within(execute());
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

  it("tells a program that sends more than can wait", async () => {
    server.socket.ws.terminate();
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    const futures = Array.from({ length: 1_001 }, () => connection.execute({ code: "1" }));
    await fails(futures.at(-1)?.done ?? Promise.resolve(), "busy");
    await within(Promise.all(futures.slice(0, -1).map(({ done }) => done)));
  });
});
