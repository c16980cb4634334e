// Kernels on the real server that die, are restarted or taken by others: nothing hangs, and what was lost is told.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { restartKernel } from "../../../src/services/kernel/client";
import { kernelBench, type KernelBench, counting, event, failure, lines, link, run, status } from "../support/kernels";

describe("kernel connection, disturbed", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  kernelBench((started) => (bench = started));

  it("lets another holder of its session id take its place, and does not fight", async () => {
    const clientId = randomUUID();
    const first = await bench.ready({ clientId });
    const cell = run(first, counting(20));
    await cell.prints("2\n");
    const evicted = event(first.onDidDispose, "the eviction");
    const second = await bench.connect({ clientId, model: first.model });
    await evicted;
    assert.equal(first.ended?.code, "evicted");
    await failure(cell.future.done, "evicted");
    await link(second, "connected");
    assert.equal((await run(second, "1").done()).status, "ok");
    assert.equal(second.connectionStatus, "connected");
    assert.equal((await bench.model(first.id)).connections, 1);
  });

  it("12: settles what runs when the kernel is killed, and goes on with the one the server starts", async () => {
    const connection = await bench.ready();
    await run(connection, "x = 1").done();
    const comm = connection.comms.create("any");
    const statuses: string[] = [];
    connection.onDidChangeStatus((now) => statuses.push(now));
    const cell = run(connection, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
    const error = await failure(cell.future.done, "kernel-dead");
    // What it said as it began may have gone with it.
    assert.match(error.message, /started it anew.*run the cells again/i);
    assert.ok(statuses.includes("autorestarting"), statuses.join());
    assert.ok(comm.isClosed);
    const next = run(connection, "print('x' in globals())");
    await next.done();
    assert.equal(next.text(), "False\n");
  });

  for (const exit of ["exit()", "quit()", "get_ipython().ask_exit()"]) {
    it(`says to the cell behind ${exit} that the kernel was ended by code, not by its memory`, async () => {
      const connection = await bench.ready();
      const lost: string[] = [];
      connection.onDidLoseVariables(({ by, isUntold }) => lost.push(`${by}${isUntold ? ", untold" : ""}`));
      await run(connection, exit).done();
      // For a moment the kernel still runs what it is given.
      const runsOn = async (): Promise<unknown> => connection.execute({ code: "1" }).done.then(runsOn);
      const error = await failure(runsOn(), "kernel-dead");
      assert.match(error.message, /exit/);
      assert.doesNotMatch(error.message, /memory|while this was running/);
      assert.equal((await run(connection, "2").done()).status, "ok");
      assert.deepEqual(lost, ["exited"]);
    });
  }

  it("tells once that somebody else has restarted the kernel, also where only its process shows that", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const lost: string[] = [];
    connection.onDidLoseVariables(({ by, isUntold }) => lost.push(`${by}${isUntold ? ", untold" : ""}`));
    await run(connection, "x = 1").done();
    await restartKernel(bench.direct, connection.id);
    await run(connection, "1")
      .done()
      .catch(() => undefined);
    await status(connection, "idle");
    assert.deepEqual(lost, ["restarted, untold"]);
    // While it is away, with another client so that the server keeps nothing for it.
    const other = await bench.ready({ model: connection.model });
    bench.proxy.refuse();
    bench.proxy.cut();
    await link(connection, "disconnected");
    await other.restart();
    await run(other, "1").done();
    await bench.proxy.restore();
    await event(connection.onDidLoseVariables, "word of the restart");
    assert.deepEqual(lost, ["restarted, untold", "restarted, untold"]);
    assert.equal((await run(connection, "'x' in globals()").done()).status, "ok");
  });

  it("hears a kernel again that died soon after its start and came back on other ports", async () => {
    const connection = await bench.connect();
    const cell = run(connection, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
    await failure(cell.future.done, "kernel-dead");
    const next = run(connection, "print('here')");
    await next.done();
    assert.equal(next.text(), "here\n");
  });

  it("12: is dead when its kernel has vanished while it was away", async () => {
    const connection = await bench.ready({ settings: bench.faulty });
    const cell = run(connection, counting(50));
    await cell.prints("1\n");
    bench.proxy.refuse();
    bench.proxy.cut();
    await link(connection, "disconnected");
    const other = await bench.connect({ model: connection.model });
    await other.shutdown();
    await bench.proxy.restore();
    await failure(cell.future.done, "kernel-dead");
    assert.equal(connection.status, "dead");
  });

  it("falls back to slow attempts where the token does not hold, and says so to what was not sent", async () => {
    const model = await bench.kernel();
    const connection = await bench.connect({ model, settings: bench.settings({ token: "wrong" }) });
    await failure(connection.execute({ code: "1" }).done, "signed-out");
    assert.equal(connection.ended, undefined);
  });

  it("isolates a handler that never ends from other requests, under a flood", async () => {
    const connection = await bench.ready();
    const stuck = connection.execute({ code: "for i in range(5): print(i, flush=True)" }, { onIOPub: () => new Promise(() => undefined) });
    const cell = run(connection, counting(3));
    await cell.done();
    assert.equal(cell.text(), lines(3));
    stuck.dispose();
  });
});
