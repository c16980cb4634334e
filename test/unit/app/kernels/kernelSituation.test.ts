// What is told of a notebook's kernel, from what is known of it.
import assert from "node:assert/strict";
import { situationOf, type SituationInput, type KernelSituation } from "../../../../src/app/kernels/kernelSituation";
import { ProductError } from "../../../../src/base/errors";
import type { ConnectionStatus, KernelStatus } from "../../../../src/services/kernel/socket/state";

const facts = (change: Partial<SituationInput> = {}): SituationInput => ({ isSignedIn: true, server: "running", ...change });
const kernel = (connectionStatus: ConnectionStatus, status: KernelStatus = "unknown", nextAttempt?: number): SituationInput["kernel"] => ({
  ...{ connectionStatus, status, nextAttempt },
});
const kind = (change: Partial<SituationInput>, before?: KernelSituation["kind"]): string => situationOf(facts(change), before).kind;

describe("what a kernel does", () => {
  it("is what the kernel says while it is connected", () => {
    for (const [status, expected] of [
      ["idle", "idle"],
      ["busy", "busy"],
      ["starting", "starting"],
      ["restarting", "restarting"],
      ["autorestarting", "restarting"],
      ["terminating", "terminating"],
    ] as const) {
      assert.equal(kind({ kernel: kernel("connected", status) }), expected);
    }
    // Of the server less is known than of the kernel that answers.
    assert.equal(kind({ server: "stopped", isSignedIn: false, kernel: kernel("connected", "idle") }), "idle");
  });

  it("names the cell that runs, and none where others make the kernel busy", () => {
    const running = { number: 3, waiting: 2 };
    assert.deepEqual(situationOf(facts({ kernel: kernel("connected", "busy"), running })), { kind: "busy", running });
    assert.deepEqual(situationOf(facts({ kernel: kernel("connected", "busy") })), { kind: "busy", running: undefined });
  });

  it("is a first connection, or one that was lost", () => {
    assert.equal(kind({ kernel: kernel("connecting") }, "starting"), "connecting");
    assert.equal(kind({ kernel: kernel("connecting") }, "busy"), "reconnecting");
    assert.equal(kind({ kernel: kernel("connecting") }, "reconnecting"), "reconnecting");
    assert.deepEqual(situationOf(facts({ kernel: kernel("disconnected", "unknown", 42) }), "idle"), {
      kind: "reconnecting",
      nextAttempt: 42,
    });
  });

  it("rests where its connection does, unless its server or account is gone", () => {
    assert.equal(kind({ kernel: kernel("resting") }, "idle"), "resting");
    assert.equal(kind({ kernel: kernel("connecting") }, "resting"), "connecting");
    assert.equal(kind({ isSignedIn: false, kernel: kernel("resting") }, "resting"), "signed-out");
  });

  it("is a restart until the new process is heard", () => {
    assert.equal(kind({ kernel: kernel("connected", "restarting") }, "busy"), "restarting");
    assert.equal(kind({ kernel: kernel("connecting") }, "restarting"), "restarting");
    assert.equal(kind({ kernel: kernel("connected") }, "restarting"), "restarting");
    assert.equal(kind({ kernel: kernel("connected", "idle") }, "restarting"), "idle");
  });

  it("is the server's start, with the hub's progress, before there is a kernel", () => {
    const progress = { fraction: 0.5, message: "Pulling the image" };
    assert.deepEqual(situationOf(facts({ server: "starting", progress })), { kind: "server-starting", progress });
    assert.equal(kind({ server: "starting" }), "server-starting");
    assert.equal(kind({ server: "running", isConnecting: true }), "starting");
    assert.equal(kind({ server: "stopped", isConnecting: true }), "starting");
    assert.equal(kind({}), "no-kernel");
  });

  it("is the server's end", () => {
    assert.equal(kind({ server: "stopping", kernel: kernel("disconnected") }), "server-stopping");
    assert.equal(kind({ server: "stopped", ended: new ProductError("server-stopped", "It was stopped.") }), "server-stopped");
    assert.equal(kind({ server: "running", ended: new ProductError("server-stopped", "It was stopped.") }), "no-kernel");
  });

  it("is the kernel's end, with the reason", () => {
    assert.deepEqual(situationOf(facts({ ended: new ProductError("kernel-dead", "It died.") })), { kind: "dead", reason: "It died." });
    assert.deepEqual(situationOf(facts({ ended: new ProductError("evicted", "Taken.") })), { kind: "evicted", reason: "Taken." });
    assert.equal(kind({ ended: new ProductError("kernel-dead", "It died."), isConnecting: true }), "starting");
  });

  it("is signed out where nothing can be reached for that", () => {
    assert.equal(kind({ isSignedIn: false, kernel: kernel("disconnected") }, "idle"), "signed-out");
    assert.equal(kind({ isSignedIn: false, server: "stopped" }), "signed-out");
  });
});
