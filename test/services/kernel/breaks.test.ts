// Kernel connections on the real server through a network that fails: nothing hangs, and nothing is lost that the server
// has kept.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { KernelConnection } from "../../../src/services/kernel/connection";
import type { FutureHandlers } from "../../../src/services/kernel/requests/future";
import { KernelManager } from "../../../src/services/kernel/manager";
import { serverSettings } from "../../../src/transport/settings";
import { startPlainServer } from "../../harness/hub/plainServer";
import { stackVersion } from "../../harness/hub/shared";
import { kernelBench, type KernelBench, counting, event, failure, lines, link, run, status, within } from "../support/kernels";

describe("kernel connection, disturbed", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  it("36, 38: reconnects after a cut with the same id, and loses and doubles nothing", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const cell = run(connection, counting(30));
    await cell.prints("3\n");
    await bench.proxy.restore();
    bench.proxy.refuse();
    bench.proxy.cut();
    await link(connection, "disconnected");
    // The kernel goes on printing for the server's buffer; who watched it would be a second client, and end the buffer.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await bench.proxy.restore();
    await cell.prints("29\n");
    assert.equal((await cell.done()).status, "ok");
    assert.equal(cell.text(), lines(30));
  });

  it("loses no line when it is made anew while the kernel prints", async () => {
    const connection = await bench.ready();
    let gaps = 0;
    connection.onDidMissMessages(() => gaps++);
    const cell = run(connection, `for i in range(2000):\n  print(i, flush=True)\n  time.sleep(0.002)`.replace(/^/, "import time\n"));
    for (const line of [100, 400, 700, 1000, 1300]) {
      await cell.prints(`${line}\n`);
      await connection.reconnect();
    }
    assert.equal((await cell.done()).status, "ok");
    assert.deepEqual([cell.text() === lines(2000), gaps], [true, 0]);
  });

  it("36: gets the reply of a cell that ended while it was away", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const watcher = await bench.ready({ model: connection.model });
    const cell = run(connection, counting(8));
    await cell.prints("1\n");
    const ended = event(watcher.onIOPubMessage, "the last line", ({ content }) => content["text"] === "7\n");
    // A second client takes part from the start, so the server keeps no buffer: what is lost is told.
    const missed = event(connection.onDidMissMessages, "word of the gap");
    bench.proxy.refuse();
    bench.proxy.cut();
    await ended;
    await status(watcher, "idle");
    await bench.proxy.restore();
    await missed;
    const outcome = await within(
      cell.future.done.then(
        ({ status: how }) => how,
        (error: unknown) => (error as { code?: string }).code,
      ),
      "the end of the cell",
    );
    assert.ok(outcome === "ok" || outcome === "connection-lost", outcome);
  });

  /** The network falls silent while a cell prints: that is found out, and lines are missing exactly where that is told. */
  async function fallsSilent(connection: KernelConnection, cell: ReturnType<typeof run>): Promise<void> {
    let gaps = 0;
    connection.onDidMissMessages(({ from, to }) => {
      assert.ok(to >= from);
      gaps++;
    });
    const back = link(connection, "connected");
    bench.proxy.halfOpen();
    await back;
    await cell.prints("39\n");
    assert.equal((await cell.done()).status, "ok");
    const printed = new Set(cell.text().split("\n").slice(0, -1).map(Number));
    const lost = Array.from({ length: 40 }, (_, line) => line).filter((line) => !printed.has(line));
    assert.equal(gaps, lost.length > 0 ? 1 : 0, `lost: ${lost.join()}`);
  }

  it("finds a half-open connection in bounded time while an answer is awaited; what is lost with it is told, and only that", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const cell = run(connection, counting(40));
    await cell.prints("2\n");
    await fallsSilent(connection, cell);
  });

  it("tells of output that was dropped between kernel and server, though the connection held", async () => {
    const token = randomUUID();
    const server = await startPlainServer({ token, unlimited: true, version: stackVersion });
    const kernels = new KernelManager(serverSettings({ baseUrl: server.url, token, timeouts: { answer: 2_000 } }));
    try {
      const connection = await kernels.startNew("python3");
      const dropped: string[] = [];
      const told = (name: string): FutureHandlers => ({ onDropped: () => dropped.push(name) });
      const flood = run(
        connection,
        `import os, signal
os.kill(os.getppid(), signal.SIGSTOP)
for _ in range(10_000): print("x" * 9_999, flush=True)
os.kill(os.getppid(), signal.SIGCONT)`,
        told("flood"),
      );
      // The server is still behind: something of it may be dropped, too.
      const second = run(connection, "print('second')", told("second"));
      await Promise.all([flood.done(), second.done()]);
      assert.ok(flood.text().length < 10_000 * 10_000);
      assert.equal(dropped.shift(), "flood");
      assert.ok(second.text() === "second\n" || dropped.includes("second"));
      dropped.length = 0;
      const last = run(connection, "print('last')", told("last"));
      await last.done();
      assert.deepEqual([last.text(), dropped], ["last\n", []]);
    } finally {
      kernels.dispose();
      await server.stop();
    }
  });

  it("tells of no loss where the server keeps for itself what its own question has brought", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const cell = run(connection, counting(40));
    await cell.prints("2\n");
    // Its `idle` is the last that the server hears: it takes the kernel for idle, and asks it before it lets the next websocket through.
    await connection.sendControl("kernel_info_request", {}).done;
    await fallsSilent(connection, cell);
  });

  it("fails a cell in words that is larger than the server takes in one message, and goes on", async () => {
    // A break in which nothing was heard for long counts less; here a second of work for 12 MB would be long.
    const patient = { ...bench.direct.timeouts, liveness: 15_000 };
    for (const settings of [bench.direct, bench.faulty]) {
      const connection = await bench.ready({ settings: { ...settings, timeouts: patient } });
      await run(connection, "ran = 1").done();
      let sent = 0;
      connection.onAnyMessage(({ direction, message }) => (sent += direction === "send" && message.content["code"] === large ? 1 : 0));
      let breaks = 0;
      connection.onDidChangeConnectionStatus((now) => (breaks += now === "connected" ? 1 : 0));
      const large = `text = """${"x".repeat(12 * 1024 * 1024)}"""`;
      const cell = run(connection, large);
      await event(connection.onDidChangeConnectionStatus, "the break", (now) => now !== "connected");
      const later = run(connection, "print(ran)");
      const error = await failure(cell.future.done, "too-large");
      assert.match(error.message, /12 MB.*10 MB/);
      await later.done();
      assert.deepEqual([later.text(), sent, breaks], ["1\n", 2, 2]);
    }
  });

  it("runs code that went into a half-open connection, once, in order, and before what was asked later", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    await run(connection, "ran = [0]").done();
    bench.proxy.halfOpen();
    const cells = [1, 2, 3].map((number) => run(connection, `ran += [${number}]`));
    await event(connection.onDidChangeConnectionStatus, "the break", (now) => now !== "connected");
    const last = run(connection, "print(ran)");
    for (const cell of [...cells, last]) assert.equal((await cell.done()).status, "ok");
    assert.equal(last.text(), "[0, 1, 2, 3]\n");
  });

  it("does not run lost code again where another client has run something meanwhile: nobody knows then what the kernel had", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const other = await bench.ready({ model: connection.model });
    bench.proxy.halfOpen();
    const lost = run(connection, "1");
    await run(other, "2").done();
    await failure(lost.future.done, "connection-lost");
    assert.equal((await run(connection, "3").done()).status, "ok");
  });

  it("finds a half-open idle connection when asked to", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    bench.proxy.halfOpen();
    connection.probe();
    await link(connection, "connecting");
    await link(connection, "connected");
  });

  it("sends what was asked while away, in order", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    bench.proxy.refuse();
    bench.proxy.cut();
    await link(connection, "disconnected");
    const cells = ["x = [1]", "x.append(2)", "print(x)"].map((code) => run(connection, code));
    await bench.proxy.restore();
    await Promise.all(cells.map((cell) => cell.done()));
    assert.equal(cells[2]?.text(), "[1, 2]\n");
  });

  it("keeps waiting for input over a cut, and sends the answer", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const asked = event(connection.onPendingInput, "the question");
    const answers: (() => void)[] = [];
    const cell = run(connection, "print(input('?'))", {
      onStdin: (request) => answers.push(() => cell.future.sendInputReply("yes", request)),
    });
    await asked;
    bench.proxy.cut();
    await link(connection, "connecting");
    answers[0]?.();
    await cell.done();
    assert.equal(cell.text(), "yes\n");
  });
});
