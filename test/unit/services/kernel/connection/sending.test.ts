// What is sent to a kernel: again where it broke off on its way, not at all where it was taken back, and on which channel.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { next } from "../../../../../src/base/event";
import { KernelConnection } from "../../../../../src/services/kernel/connection";
import type { KernelFuture } from "../../../../../src/services/kernel/requests/future";
import type { ExecuteReply, Message } from "../../../../../src/services/kernel/messages";
import type { KernelServer } from "../../../../fakes/kernelServer";
import { fakeInfo } from "../../../../fakes/kernelServer";
import { ended, execute, fails, reconnected, scripted, within } from "./bench";

describe("kernel connection to a scripted kernel", function () {
  this.timeout(10_000);
  let server: KernelServer;
  let connection: KernelConnection;
  beforeEach(async () => void ({ server, connection } = await scripted()));
  afterEach(() => ended({ server, connection }));

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
      await within(execute(connection));
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
      await within(execute(connection));
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
    const back = reconnected(connection);
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

  it("settles what cannot be written", async () => {
    const content: Record<string, unknown> = {};
    content["self"] = content;
    await fails(connection.sendShell("odd_request", content).done, "invalid-message");
    await within(execute(connection));
  });

  it("tells a program that sends more than can wait", async () => {
    server.socket.ws.terminate();
    await within(next(connection.onDidChangeConnectionStatus, (now) => now === "connecting"));
    const futures = Array.from({ length: 1_001 }, () => connection.execute({ code: "1" }));
    await fails(futures.at(-1)?.done ?? Promise.resolve(), "busy");
    await within(Promise.all(futures.slice(0, -1).map(({ done }) => done)));
  });
});
