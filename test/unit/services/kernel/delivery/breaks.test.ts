// Messages with which the connection breaks each time, and servers that close whatever they have opened.
import assert from "node:assert/strict";
import { Deferred, withTimeout } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { Message } from "../../../../../src/services/kernel/messages";
import { KernelServer, type KernelSocket } from "../../../../fakes/kernelServer";
import { failure } from "../../../../harness/failure";

describe("a message with which the connection breaks", function () {
  this.timeout(20_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => {
    server = await KernelServer.start();
    connection = new KernelConnection({ settings: server.settings({ liveness: 10_000 }), model: server.model });
    await within(connection.info);
  });
  afterEach(async () => {
    connection.dispose();
    await server.stop();
  });

  const within = <T>(promise: Promise<T>): Promise<T> => withTimeout(promise, 15_000, "Waited in vain");
  const times = (code: string): number => server.received.filter(({ content }) => content["code"] === code).length;
  /** The kernel runs what `takes` says; with all else the connection is broken by `breaks`. */
  const script = (takes: (code: string) => boolean, breaks: (socket: KernelSocket) => void): void => {
    const broken = new Set<KernelSocket>();
    server.onRequest = (message, socket) => {
      const { content, header } = message;
      // What comes behind is read by nobody.
      if (!broken.has(socket) && takes(typeof content["code"] === "string" ? content["code"] : "")) {
        socket.send("iopub", "execute_input", { code: "", execution_count: server.cells }, header);
        socket.answer(message, { status: "ok", execution_count: server.cells });
        return;
      }
      server.cells -= 1; // the kernel never had it
      broken.add(socket);
      breaks(socket);
    };
  };
  const terminates = (socket: KernelSocket): void => socket.ws.terminate();

  for (const [what, bad, breaks, code, said] of [
    ["of 12 MB, closed without a word", "x".repeat(12 * 1024 * 1024), terminates, "too-large", /12 MB.*10 MB.*administrator/],
    [
      "of 2 MB in letters of several bytes, closed in order",
      "ü".repeat(1024 * 1024),
      (socket: KernelSocket) => socket.ws.close(1009),
      "too-large",
      /2 MB/,
    ],
    ["that is small, and something on the way dislikes", "os.system('id')", terminates, "connection-lost", /let it through/],
  ] as const) {
    it(`${what}, is sent twice and fails in words; what waits goes on`, async () => {
      script((one) => one !== bad, breaks);
      const first = connection.execute({ code: bad });
      await within(next(connection.onDidChangeConnectionStatus, (now) => now !== "connected"));
      const later = connection.execute({ code: "later" });
      const error = await failure(within(first.done), code);
      assert.match(error.message, said);
      assert.equal((await within(later.done)).status, "ok");
      assert.equal(times(bad), 2);
      assert.equal(server.sockets.length, 3);
    });
  }

  it("is found among others: what came before it runs, what was behind it is dropped as behind any failure", async () => {
    script((one) => one !== "bad", terminates);
    const [before, bad, behind] = ["before", "bad", "behind"].map((code) => connection.execute({ code }));
    assert.equal((await within(before?.done ?? assert.fail())).status, "ok");
    await failure(within(bad?.done ?? assert.fail()), "connection-lost");
    await failure(within(behind?.done ?? assert.fail()), "aborted");
    assert.equal((await within(connection.execute({ code: "after" }).done)).status, "ok");
  });

  it("may be a large answer to a question: what asked ends, and the kernel is interrupted", async () => {
    const question = new Deferred<Message>();
    const interrupted = new Deferred<void>();
    server.onRest = (operation) => {
      if (operation.endsWith("/interrupt")) interrupted.resolve();
      return undefined;
    };
    // A kernel that waits for an answer answers nothing itself.
    server.onInfo = () => undefined;
    server.onRequest = (message, socket) => {
      if (message.header.msg_type === "input_reply") {
        socket.ws.terminate();
        return;
      }
      socket.status("busy", message.header);
      socket.send("stdin", "input_request", { prompt: "?", password: false }, message.header);
    };
    const asking = connection.execute({ code: "input()", allowStdin: true }, { onStdin: (message) => question.resolve(message) });
    connection.sendInputReply("x".repeat(11 * 1024 * 1024), await within(question.promise));
    await failure(within(asking.done), "too-large");
    assert.equal(server.received.filter(({ header }) => header.msg_type === "input_reply").length, 2);
    await within(interrupted.promise);
  });

  it("is none where the server closes whatever it has opened: it is asked with growing pauses", async () => {
    server.onSocket = (socket) => socket.ws.close(1011);
    server.socket.ws.terminate();
    const before = server.sockets.length;
    await within(next(connection.onDidChangeConnectionStatus, () => server.sockets.length >= before + 4));
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "disconnected"));
    // Four failures, of which the first is followed at once: the fifth attempt waits for one to two seconds.
    assert.ok(Number(connection.nextAttempt) - Date.now() > 700, `${Number(connection.nextAttempt) - Date.now()}`);
    server.onSocket = () => undefined;
    script(() => true, terminates);
    assert.equal((await within(connection.execute({ code: "1" }, {}, { waits: true }).done)).status, "ok");
  });
});
