// A kernel connection on the real server: behaviours 1–39 of docs/behaviours.md, named by their numbers; its life is in
// life.test.ts. Those that a real server cannot be made to show (18, 20 and 21 with a faulty answer, 19, 37, 38) are in
// test/unit/services/kernel.
import assert from "node:assert/strict";
import { shutdownKernel } from "../../../src/services/kernel/client";
import type { Message } from "../../../src/services/kernel/messages";
import { kernelBench, type KernelBench, event, failure, link, run, status, typeOf, within } from "../support/kernels";

describe("kernel connection", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  describe("events", () => {
    it("1, 16: disposed is emitted once on dispose, which leaves the kernel running", async () => {
      const connection = await bench.ready();
      let times = 0;
      connection.onDidDispose(() => (times += 1));
      connection.dispose();
      connection.dispose();
      assert.deepEqual([times, connection.isDisposed, connection.status], [1, true, "unknown"]);
      assert.equal((await bench.model(connection.id)).id, connection.id);
    });

    it("2, 27: disposed is emitted on shutdown, on every connection to the kernel, and a kernel that is gone is fine", async () => {
      const connection = await bench.ready();
      const other = connection.clone();
      await within(other.info, "the other's info");
      const gone = event(other.onDidDispose, "the other connection's end");
      const disposed = event(connection.onDidDispose, "the end");
      await connection.shutdown();
      await Promise.all([disposed, gone]);
      assert.deepEqual([connection.status, connection.ended?.code], ["dead", "kernel-dead"]);
      assert.deepEqual([other.status, other.ended?.code], ["dead", "kernel-dead"]);
      await connection.shutdown();
      await other.shutdown();
    });

    it("3, 12: status follows the kernel through busy and idle", async () => {
      const connection = await bench.ready();
      const seen: string[] = [];
      connection.onDidChangeStatus((now) => seen.push(now));
      await run(connection, "1").done();
      await status(connection, "idle");
      assert.deepEqual(seen, ["busy", "idle"]);
    });

    it("4, 11, 31: input is asked for, answered, and pending in between", async () => {
      const connection = await bench.ready();
      const pending: boolean[] = [];
      const stdin: string[] = [];
      connection.onPendingInput((now) => pending.push(now));
      connection.onAnyMessage(({ direction, message }) => message.channel === "stdin" && stdin.push(`${direction} ${typeOf(message)}`));
      const asking = run(connection, "print('hello', input('name? '))", {
        onStdin: (request) => {
          assert.equal(request.content["prompt"], "name? ");
          asking.future.sendInputReply("ana", request);
        },
      });
      await asking.done();
      assert.equal(asking.text(), "hello ana\n");
      assert.deepEqual(
        [pending, stdin],
        [
          [true, false],
          ["recv input_request", "send input_reply"],
        ],
      );
    });

    it("5, 7, 8, 10: iopub of every client is seen, and never unhandled", async () => {
      const connection = await bench.ready();
      const other = connection.clone();
      await within(other.info, "the other's info");
      const unhandled: Message[] = [];
      other.onUnhandledMessage((message) => unhandled.push(message));
      const any = event(other.onAnyMessage, "the foreign result as any message", ({ message }) => typeOf(message) === "execute_result");
      const seen = event(other.onIOPubMessage, "the foreign result", (message) => typeOf(message) === "execute_result");
      await run(connection, "6 * 7").done();
      assert.deepEqual((await seen).content["data"], { "text/plain": "42" });
      assert.equal((await any).direction, "recv");
      assert.deepEqual(unhandled, []);
      other.dispose();
    });

    it("6, 9: a reply to a request that nobody waits for is unhandled", async () => {
      const connection = await bench.ready();
      const unhandled = event(connection.onUnhandledMessage, "the reply");
      const any = event(connection.onAnyMessage, "the reply as any message", ({ message }) => typeOf(message) === "execute_reply");
      const future = connection.execute({ code: "1" });
      future.dispose();
      await failure(future.done, "disposed");
      assert.equal(typeOf(await unhandled), "execute_reply");
      await any;
    });

    it("13: status is unknown while disconnected", async () => {
      const connection = await bench.ready({ settings: bench.faulty });
      bench.proxy.refuse();
      bench.proxy.cut();
      await link(connection, "disconnected");
      assert.equal(connection.status, "unknown");
      await bench.proxy.restore();
      await link(connection, "connected");
      await status(connection, "idle");
    });
  });

  describe("requests", () => {
    it("14, 15: info and the spec's name are known", async () => {
      const connection = await bench.ready();
      const info = await connection.info;
      assert.deepEqual([info.implementation, info.language_info.name, connection.name], ["ipython", "python", "python3"]);
    });

    it("17, 48: binary messages go both ways", async () => {
      const connection = await bench.ready();
      const target =
        "from comm import get_comm_manager\n" +
        "def opened(comm, message):\n  comm.send({'size': len(message['buffers'][0])}, buffers=[bytes(message['buffers'][0])[::-1]])\n" +
        "get_comm_manager().register_target('mirror', opened)";
      await run(connection, target).done();
      const comm = connection.comms.create("mirror");
      const answer = within(new Promise<Message>((resolve) => (comm.onMessage = resolve)), "the answer");
      await within(comm.open({}, { buffers: [new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)] }).done, "the opening's end");
      const { content, buffers } = await answer;
      assert.deepEqual([content["data"], buffers.map((buffer) => [...buffer])], [{ size: 3 }, [[3, 2, 1]]]);
    });

    it("29: complete, inspect, isComplete and history in three ways resolve", async () => {
      const connection = await bench.ready();
      await run(connection, "alpha_omega = 1").done();
      await run(connection, "alpha_omega + 1").done();
      const complete = await within(connection.complete("alpha_om", 8).done, "complete");
      assert.ok(complete.matches.includes("alpha_omega"), complete.matches.join());
      const inspect = await within(connection.inspect("len", 3).done, "inspect");
      assert.ok(inspect.found && String(inspect.data["text/plain"]).includes("len"));
      assert.equal((await within(connection.inspect("no_such_name", 12).done, "inspect")).found, false);
      assert.equal((await within(connection.isComplete("1 + 1").done, "isComplete")).status, "complete");
      const open = await within(connection.isComplete("def f():").done, "isComplete");
      assert.deepEqual([open.status, open.indent], ["incomplete", "    "]);
      const inputs = async (request: Parameters<typeof connection.history>[0]): Promise<unknown[]> =>
        (await within(connection.history(request).done, "history")).history.map(([, , input]) => input);
      assert.deepEqual(await inputs({ access: "tail", n: 2 }), ["alpha_omega = 1", "alpha_omega + 1"]);
      assert.deepEqual(await inputs({ access: "range", start: 1, stop: 3 }), ["alpha_omega = 1", "alpha_omega + 1"]);
      assert.deepEqual(await inputs({ access: "range", start: 2, stop: 3, output: true }), [["alpha_omega + 1", "2"]]);
      assert.deepEqual(await inputs({ access: "search", pattern: "alpha_omega =*", n: 1 }), ["alpha_omega = 1"]);
    });

    it("18, 20, 21, 26, 30, 31: all reject once the kernel is dead", async () => {
      const connection = await bench.ready();
      await connection.shutdown();
      const code = "kernel-dead";
      await failure(connection.execute({ code: "1" }).done, code);
      await failure(connection.complete("a", 1).done, code);
      await failure(connection.inspect("a", 1).done, code);
      await failure(connection.isComplete("a").done, code);
      for (const access of [
        { access: "tail", n: 1 },
        { access: "range", start: 0, stop: 1 },
        { access: "search", pattern: "*" },
      ] as const) {
        await failure(connection.history(access).done, code);
      }
      await failure(connection.sendControl("debug_request", {}).done, code);
      await failure(connection.createSubshell(), code);
      await failure(connection.interrupt(), code);
      await failure(connection.restart(), code);
      await failure(connection.reconnect(), code);
      const request = { header: { msg_id: "1" } } as unknown as Message;
      assert.throws(() => connection.sendInputReply("x", request), /shut down/);
    });

    it("28: shutdown of a dead kernel is fine", async () => {
      const connection = await bench.ready();
      await shutdownKernel(bench.direct, connection.id);
      await connection.shutdown();
      assert.equal(connection.status, "dead");
    });

    it("32, 35: handlers get reply and output in their order, also when they are slow", async () => {
      const connection = await bench.ready();
      const seen: string[] = [];
      const later = async (message: Message): Promise<void> => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(typeOf(message));
      };
      await within(connection.execute({ code: "print(1)\n2" }, { onIOPub: later, onReply: later }).done, "the reply");
      const iopub = seen.filter((type) => type !== "execute_reply");
      assert.deepEqual(iopub, ["status", "execute_input", "stream", "execute_result", "status"]);
      assert.equal(seen.length, 6);
    });

    it("33: a future may outlive its done, for what threads print later", async () => {
      const connection = await bench.ready();
      const late = new Promise<void>((resolve) => {
        const future = connection.execute(
          { code: "import threading\nthreading.Timer(0.3, lambda: print('late', flush=True)).start()" },
          {
            onIOPub: ({ content }) => {
              if (!String(content["text"]).startsWith("late")) return;
              future.dispose();
              resolve();
            },
          },
          { outlivesDone: true },
        );
      });
      await within(late, "what the thread prints");
    });

    it("34: metadata of the cell is sent", async () => {
      const connection = await bench.ready();
      const sent = event(connection.onAnyMessage, "the request", ({ direction }) => direction === "send");
      await within(connection.execute({ code: "1" }, {}, { metadata: { cellId: "c1" } }).done, "the reply");
      assert.deepEqual((await sent).message.metadata, { cellId: "c1" });
    });

    it("39: subshells are made, run beside the main shell, are listed and ended", async () => {
      const connection = await bench.ready();
      const id = await within(connection.createSubshell(), "a subshell");
      assert.deepEqual(await within(connection.listSubshells(), "the subshells"), [id]);
      const main = run(connection, "import threading\nopen_ = threading.Event()\nprint('waiting', flush=True)\nopen_.wait(15)");
      await main.prints("waiting");
      await within(connection.execute({ code: "open_.set()" }, {}, { subshell: id }).done, "the subshell's reply");
      assert.equal((await main.done()).status, "ok");
      await within(connection.deleteSubshell(id), "the subshell's end");
      assert.deepEqual(await connection.listSubshells(), []);
      await failure(connection.deleteSubshell("nope"), "not-found");
    });

    it("39: the debugger answers on the control channel while a cell runs", async () => {
      const connection = await bench.ready();
      const cell = run(connection, "import time\nprint('on', flush=True)\nfor _ in range(600): time.sleep(0.1)");
      await cell.prints("on");
      const reply = await within(connection.debug({ seq: 1, command: "debugInfo" }).done, "debugInfo");
      assert.equal(reply["command"], "debugInfo");
      assert.equal(connection.status, "busy");
      const other = connection.clone();
      const idle = event(connection.onIOPubMessage, "the end of what another asks", ({ parent_header: parent, content }) => {
        return parent.msg_type === "debug_request" && content["execution_state"] === "idle";
      });
      await within(other.debug({ seq: 2, command: "debugInfo" }).done, "debugInfo for another");
      await idle;
      other.dispose();
      assert.equal(connection.status, "busy");
      await connection.interrupt();
      assert.equal((await cell.done()).ename, "KeyboardInterrupt");
    });
  });
});
