// The life of a kernel connection on the real server: interrupted, restarted, reconnected and at rest.
import assert from "node:assert/strict";
import { deleteContents, getContents, saveContents } from "../../../src/services/contents/client";
import { waitFor } from "../../harness/processes/wait";
import { kernelBench, type KernelBench, failure, link, run, status, typeOf, within } from "../support/kernels";

describe("kernel connection", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  describe("life", () => {
    it("20: interrupt ends what runs; what was queued behind is aborted", async () => {
      const connection = await bench.ready();
      const cell = run(connection, "import time\nprint('on', flush=True)\nwhile True: time.sleep(0.05)");
      const queued = run(connection, "1");
      await cell.prints("on");
      await connection.interrupt();
      assert.equal((await cell.done()).ename, "KeyboardInterrupt");
      assert.equal((await queued.done()).status, "aborted");
    });

    it("21, 22, 23: restart settles requests and comms, and asks the new process before anything else", async () => {
      const connection = await bench.ready();
      const cell = run(connection, "import time\nx = 1\nprint('on', flush=True)\nwhile True: time.sleep(0.05)");
      await cell.prints("on");
      const comm = connection.comms.create("any");
      const closed = new Promise<void>((resolve) => (comm.onClose = () => resolve()));
      const seen: string[] = [];
      connection.onDidChangeStatus((now) => seen.push(now));
      const restarting = connection.restart();
      await failure(cell.future.done, "kernel-restarted");
      await within(closed, "the comm's end");
      const sent: string[] = [];
      connection.onAnyMessage(({ direction, message }) => direction === "send" && sent.push(typeOf(message)));
      const held = run(connection, "print('x' in globals())");
      assert.deepEqual([connection.status, sent], ["restarting", []]);
      await within(restarting, "the restart");
      await held.done();
      assert.equal(held.text(), "False\n");
      // A slow start is asked more than once; what was held comes after, once.
      assert.deepEqual([...new Set(sent)], ["kernel_info_request", "execute_request"]);
      assert.equal(sent.lastIndexOf("execute_request"), sent.indexOf("execute_request"));
      await within(connection.info, "the new info");
      assert.deepEqual(seen.slice(0, 1), ["restarting"]);
      await status(connection, "idle");
    });

    it("22: a restart as soon as it is connected, ten times, leaves none of the connections deaf", async () => {
      // A server with two websockets of one session id may close the kernel's sockets under the newer: one in five was deaf.
      for (let round = 0; round < 10; round++) {
        const connection = await bench.connect();
        connection.info.catch(() => undefined); // of the process before the restart
        await link(connection, "connected");
        await within(connection.restart(), "the restart");
        const cell = run(connection, "print(1)");
        await cell.done();
        assert.equal(cell.text(), "1\n");
        await connection.shutdown();
      }
    });

    it("22: another client's restart settles what runs, and the connection goes on", async () => {
      const connection = await bench.ready();
      const other = connection.clone();
      await within(other.info, "the other's info");
      const cell = run(connection, "import time\nprint('on', flush=True)\nwhile True: time.sleep(0.05)");
      await cell.prints("on");
      await within(other.restart(), "the other's restart");
      await failure(cell.future.done, "kernel-restarted");
      assert.equal((await run(connection, "1").done()).status, "ok");
      assert.equal((await run(other, "1").done()).status, "ok");
      other.dispose();
    });

    it("24, 25: reconnect makes a new websocket, connecting and then connected", async () => {
      const connection = await bench.ready({ settings: bench.faulty });
      const seen: string[] = [];
      connection.onDidChangeConnectionStatus((now) => seen.push(now));
      const before = bench.proxy.accepted;
      await within(connection.reconnect(), "the connection");
      assert.deepEqual(seen, ["connecting", "connected"]);
      assert.ok(bench.proxy.accepted > before);
      assert.equal((await run(connection, "1").done()).status, "ok");
    });

    it("rests while it is idle: the server counts no connection, keeps what the kernel says, and the next use connects", async () => {
      const connection = await bench.ready();
      const texts: string[] = [];
      connection.onIOPubMessage(({ content }) => {
        if (typeof content["text"] === "string") texts.push(content["text"]);
      });
      // Told by a file when to speak, the kernel says by another when it has.
      const [speak, spoken] = [`speak-${connection.id}`, `spoken-${connection.id}`];
      const speaking = `import os, threading, time
def speak():
    while not os.path.exists("${speak}"): time.sleep(0.05)
    print("late", flush=True)
    open("${spoken}", "w").close()
threading.Thread(target=speak, daemon=True).start()
print("early", flush=True)`;
      const cell = run(connection, speaking);
      assert.equal(connection.rest(), false, "a cell runs");
      await cell.done();
      const rested = link(connection, "resting");
      assert.equal(connection.rest(), true);
      await rested;
      assert.deepEqual([connection.status, connection.rest(), texts.join("")], ["unknown", false, "early\n"]);
      await waitFor("the server to count no connection", async () => (await bench.model(connection.id)).connections === 0, 10_000);
      await saveContents(bench.direct, speak, { type: "file", format: "text", content: "now" });
      await waitFor("the kernel to have spoken without a connection", () => getContents(bench.direct, spoken, { content: false }), 10_000);
      await Promise.all([speak, spoken].map((file) => deleteContents(bench.direct, file)));
      const missed: unknown[] = [];
      connection.onDidMissMessages((gap) => missed.push(gap));
      await run(connection, "print('next', flush=True)").done();
      assert.deepEqual([texts.join(""), missed], ["early\nlate\nnext\n", []]);
    });

    it("rests not where something is asked for while it closes, and not for good", async () => {
      const connection = await bench.ready();
      assert.equal(connection.rest(), true);
      await run(connection, "1").done();
      assert.equal(connection.connectionStatus, "connected");
      const rested = link(connection, "resting");
      assert.equal(connection.rest(), true);
      await rested;
      const awake = link(connection, "connected");
      connection.probe();
      await awake;
    });

    it("26: reconnect rejects when disposed, before and while it waits", async () => {
      const connection = await bench.ready({ settings: bench.faulty });
      bench.proxy.stall();
      const waiting = connection.reconnect();
      connection.dispose();
      await failure(waiting, "disposed");
      await failure(connection.reconnect(), "disposed");
    });
  });
});
