// The status bar's words and actions for each thing that a kernel may be doing.
import assert from "node:assert/strict";
import type { KernelSituation } from "../../../../../src/app/kernels/kernelSituation";
import { clockTime } from "../../../../../src/ui/duration";
import {
  actionsFor,
  statusIcon,
  statusLabel,
  statusLines,
  statusText,
  statusWeight,
  type KernelStatusView,
} from "../../../../../src/ui/notebook/status/kernelStatusText";

const since = Date.now();
const status = (situation: KernelSituation, change: Partial<KernelStatusView> = {}): KernelStatusView => ({
  ...{ situation, since, kernel: "Python 3", server: "ana @ hub.example.org", isOwnServer: true },
  ...change,
});
const text = (situation: KernelSituation): string => statusText(status(situation), since);

const all: readonly KernelSituation[] = [
  { kind: "signed-out" },
  { kind: "server-stopped" },
  { kind: "server-stopping" },
  { kind: "server-starting", progress: { fraction: 0.42, message: "Pulling the image" } },
  { kind: "no-kernel" },
  { kind: "starting" },
  { kind: "connecting" },
  { kind: "idle" },
  { kind: "busy", running: { number: 3, waiting: 0 } },
  { kind: "reconnecting", nextAttempt: since + 11_400 },
  { kind: "restarting" },
  { kind: "terminating" },
  { kind: "dead", reason: "It may have run out of memory." },
  { kind: "evicted", reason: "Another window has it." },
  { kind: "unreachable", reason: "No websocket can be opened." },
];

describe("the status bar's words for a kernel", () => {
  it("say what it does, in few", () => {
    assert.deepEqual(all.map(text), [
      "Signed out of hub",
      "Server stopped",
      "Server stopping…",
      "Server starting… 42 %",
      "No kernel yet",
      "Kernel starting…",
      "Connecting to kernel…",
      "Kernel idle",
      "Kernel busy: cell 3",
      "Reconnecting in 12 s",
      "Kernel restarting…",
      "Kernel shutting down…",
      "Kernel dead",
      "Kernel used elsewhere",
      "No connection to kernel",
    ]);
  });

  it("name the cell that runs and how many wait", () => {
    assert.equal(text({ kind: "busy", running: { number: 3, waiting: 2 } }), "Kernel busy: cell 3, 2 waiting");
    assert.equal(text({ kind: "busy", running: undefined }), "Kernel busy");
    assert.ok(statusLines(status({ kind: "busy", running: { number: 3, waiting: 1 } })).includes("1 more cell waits."));
  });

  it("count down to the next attempt, and never below a second", () => {
    assert.equal(text({ kind: "reconnecting", nextAttempt: undefined }), "Reconnecting…");
    assert.equal(text({ kind: "reconnecting", nextAttempt: since - 100 }), "Reconnecting in 1 s");
  });

  it("say on hovering since when, what of, and why", () => {
    const serverStarted = since - 60_000;
    assert.deepEqual(statusLines(status({ kind: "idle" }, { serverStarted })), [
      `Kernel idle since ${clockTime(since)}`,
      "Kernel: Python 3",
      `Server: ana @ hub.example.org, started at ${clockTime(serverStarted)}`,
    ]);
    assert.equal(statusLines(status({ kind: "dead", reason: "It may have run out of memory." }))[1], "It may have run out of memory.");
    assert.equal(
      statusLines(status({ kind: "server-starting", progress: { fraction: 0, message: "Pulling the image" } }))[1],
      "Pulling the image",
    );
  });

  it("are read out without icons and without what changes every second", () => {
    for (const situation of all) {
      const label = statusLabel(status(situation));
      assert.match(label, /^[A-Z][^$…]* since .*, Python 3 on ana @ hub\.example\.org$/);
    }
    const at = (nextAttempt: number): string => statusLabel(status({ kind: "reconnecting", nextAttempt }));
    assert.equal(at(since + 5_000), at(since + 4_000));
  });

  it("have an icon each, and colours for what is wrong only", () => {
    for (const situation of all) assert.match(statusIcon(status(situation)), /^[a-z-]+(~spin)?$/);
    const coloured = all.filter((situation) => statusWeight(status(situation))).map(({ kind }) => kind);
    assert.deepEqual(coloured, ["reconnecting", "dead", "evicted", "unreachable"]);
  });
});

describe("the actions of the status bar", () => {
  const actions = (situation: KernelSituation, change: Partial<KernelStatusView> = {}): string =>
    actionsFor(status(situation, change)).slice(0, -2).join(" ");

  it("are those that make sense", () => {
    assert.deepEqual(
      all.map((situation) => [situation.kind, actions(situation)]),
      [
        ["signed-out", "signIn"],
        ["server-stopped", "startServer"],
        ["server-stopping", ""],
        ["server-starting", "stopServer"],
        ["no-kernel", "startKernel"],
        ["starting", ""],
        ["connecting", "reconnect"],
        ["idle", "restart restartAndRunAll shutDown"],
        ["busy", "interrupt restart restartAndRunAll shutDown"],
        ["reconnecting", "reconnect"],
        ["restarting", ""],
        ["terminating", ""],
        ["dead", "startKernel"],
        ["evicted", "startKernel"],
        ["unreachable", "reconnect"],
      ],
    );
  });

  it("always lead to another kernel and to the log", () => {
    for (const situation of all) assert.deepEqual(actionsFor(status(situation)).slice(-2), ["selectKernel", "showLog"]);
  });

  it("leave somebody else's server alone", () => {
    assert.equal(actions({ kind: "server-stopped" }, { isOwnServer: false }), "");
    assert.equal(actions({ kind: "server-starting", progress: undefined }, { isOwnServer: false }), "");
  });
});
