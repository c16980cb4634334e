// A run that is disturbed: kernel killed, server stopped, connection broken. It always ends, and nothing shown is lost.
import assert from "node:assert/strict";
import { testHub } from "../harness/vscode/inHost/testHub";
import { counted, counter, errorOf, grows, run, textOf } from "./support/notebook";
import { proxiedNotebooks } from "./support/users";

describe("a run that is disturbed", function () {
  this.timeout(120_000);
  const user = "alice@example.org";
  const { proxy, opened } = proxiedNotebooks(user);

  it("ends when the kernel is killed, keeps what was printed, and runs again on the new kernel", async () => {
    const notebook = await opened(
      // The kernel's output thread needs a moment: what never left the process cannot be kept.
      "import os, signal, time\nprint('before', flush=True)\ntime.sleep(1)\nos.kill(os.getpid(), signal.SIGKILL)",
      "print('again')",
    );
    await run(notebook).ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.match(textOf(notebook), /^before\n/);
    assert.match(
      errorOf(notebook)?.message ?? "",
      /kernel ended while this was running, and the server has started it anew: its variables are gone\..*memory.*Run the cells again from the top/s,
    );
    await run(notebook, 1).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });

  it("ends when the server is stopped, keeps what was printed, and starts the server for the next cell", async () => {
    const notebook = await opened("import time\nprint('before', flush=True)\ntime.sleep(600)", "print('again')");
    const running = run(notebook);
    await running.shows("before");
    await testHub().stopServer(user);
    await running.ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.match(textOf(notebook), /^before\n/);
    assert.match(errorOf(notebook)?.message ?? "", /server.*(stopped|not running)/s);
    await run(notebook, 1, 90_000).ended;
    assert.equal(textOf(notebook, 1), "again\n");
  });

  it("loses nothing when the connection is cut", async () => {
    const notebook = await opened(counter(8, 0.3));
    const running = run(notebook);
    await running.shows("line 2");
    proxy().cut();
    await running.ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, true);
    assert.equal(textOf(notebook), counted(8));
  });

  it("loses nothing over an outage that is longer than the cell", async () => {
    const notebook = await opened(counter(6, 0.2));
    const running = run(notebook);
    await running.shows("line 1");
    proxy().refuse();
    proxy().cut();
    await kernelIsIdle(user);
    await proxy().restore();
    await running.ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, true);
    assert.equal(textOf(notebook), counted(6));
  });

  for (const [what, swallowed] of [
    ["", false],
    [" with output on its way", true],
  ] as const) {
    it(`finds a connection that died silently${what}, goes on, and says that output is missing where it is`, async () => {
      const notebook = await opened(counter(60, 0.5));
      const running = run(notebook, 0, 90_000);
      await running.shows("line 2");
      if (swallowed) {
        // Four lines are on their way once the first of them has come late.
        proxy().delay(2_000);
        for (let lines = 0; lines < 2; lines++) await grows(notebook, 0);
      }
      proxy().halfOpen();
      proxy().delay(0);
      await running.ended;
      assert.equal(notebook.cellAt(0).executionSummary?.success, true);
      const text = textOf(notebook);
      assert.match(text, /line 59\nend\n/);
      const isMissing = !text.includes(counted(60));
      assert.equal(/The connection was lost at .*; some output of that time may be missing\./.test(text), isMissing, text);
      if (swallowed) assert.ok(isMissing, text);
    });
  }

  it("keeps a cell running while the hub is not reachable but the connection holds", async () => {
    const notebook = await opened(counter(6, 0.3));
    const running = run(notebook);
    await running.shows("line 1");
    proxy().refuse();
    await running.ended;
    assert.equal(textOf(notebook), counted(6));
  });

  it("tells why a cell cannot run when the hub is down", async () => {
    const notebook = await opened("print('never')");
    proxy().refuse();
    proxy().cut();
    await run(notebook).ended;
    assert.equal(notebook.cellAt(0).executionSummary?.success, false);
    assert.match(errorOf(notebook)?.message ?? "", /cannot be reached.*nothing answers there/s);
  });
});

/** Resolves when the user's only busy kernel is idle again, as the server tells it directly. */
async function kernelIsIdle(user: string): Promise<void> {
  const hub = testHub();
  const url = new URL("api/kernels", await hub.startServer(user));
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const answer = await fetch(url, { headers: { Authorization: `token ${hub.user(user).token}` } });
    const kernels = (await answer.json()) as { execution_state: string }[];
    if (kernels.every(({ execution_state: state }) => state !== "busy")) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The kernel is still busy.");
}
