// The reducer of a kernel connection's state: every event, without clock or socket.
import assert from "node:assert/strict";
import { ProductError, type ErrorCode } from "../../../../../src/base/errors";
import {
  initialState,
  reduce,
  visibleStatus,
  type KernelEvent,
  type KernelState,
  type Step,
} from "../../../../../src/services/kernel/socket/state";

const error = (code: ErrorCode): ProductError => new ProductError(code, `It was ${code}`);
const half = (): number => 0.5;
const state = (change: Partial<KernelState> = {}): KernelState => ({ ...initialState, ...change });
const connected = (kernel: KernelState["kernel"]): KernelState => state({ connection: "connected", kernel });
/** Connected, and heard. */
const heard = (kernel: KernelState["kernel"]): KernelState => ({ ...connected(kernel), heard: "yes" });
const run = (from: KernelState, ...events: KernelEvent[]): Step =>
  events.reduce<Step>((step, event) => reduce(step.state, event, half), { state: from, effects: [] });
const kinds = ({ effects }: Step): string[] => effects.map(({ type }) => type);

describe("kernel state", () => {
  it("opens when the connection is wanted, once", () => {
    const first = run(state(), { type: "connect" });
    assert.deepEqual([first.state.connection, first.effects], ["connecting", [{ type: "open", after: 0 }]]);
    assert.deepEqual(run(first.state, { type: "connect" }).effects, []);
    assert.deepEqual(run(connected("idle"), { type: "connect" }).effects, []);
  });

  it("asks first and sends after when it is open, and forgets failures when the kernel is heard", () => {
    const step = run(state({ connection: "connecting", attempt: 5, stopped: 2 }), { type: "opened" });
    assert.deepEqual(kinds(step), ["probe", "flush"]);
    assert.deepEqual([step.state.connection, step.state.attempt, step.state.stopped], ["connected", 5, 0]);
    assert.equal(run(step.state, { type: "answered" }).state.attempt, 0);
  });

  it("counts websockets that are opened and closed unheard as failures: after one of them they come with growing pauses, too", () => {
    const first = run(
      connected("idle"),
      { type: "closed", suspect: false, silent: false },
      { type: "opened" },
      { type: "closed", suspect: false, silent: false },
    );
    assert.deepEqual(
      [first.state.connection, first.effects],
      ["connecting", [{ type: "open", after: 0 }]],
      "what the kernel says meanwhile may be dropped",
    );
    let at = first.state;
    const pauses: number[] = [];
    for (let time = 0; time < 4; time++) {
      const suspect = time % 2 === 1;
      const step = run(
        at,
        { type: "opened" },
        { type: "closed", suspect, silent: false },
        ...(suspect ? [{ type: "not-evicted" } as const] : []),
      );
      assert.equal(step.state.connection, "disconnected");
      pauses.push(step.state.pause);
      at = run(step.state, { type: "connect" }).state;
    }
    assert.deepEqual(pauses, [375, 750, 1500, 3000]);
    const heard = run(at, { type: "opened" }, { type: "answered" }, { type: "closed", suspect: false, silent: false });
    assert.deepEqual(heard.effects, [{ type: "open", after: 0 }]);
  });

  it("tries again with growing pauses, for ever", () => {
    let at = state({ connection: "connecting" });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 50; attempt++) {
      const step = run(at, { type: "open-failed", error: error("unreachable") });
      assert.equal(step.state.connection, "disconnected");
      for (const effect of step.effects) if (effect.type === "open") pauses.push(effect.after);
      assert.equal(step.state.pause, pauses.at(-1));
      at = run(step.state, { type: "connect" }).state;
    }
    assert.deepEqual(pauses.slice(0, 4), [375, 750, 1500, 3000]);
    assert.deepEqual([pauses.length, pauses.at(-1)], [50, 22_500]);
  });

  for (const code of ["signed-out", "forbidden", "certificate"] as const) {
    it(`fails only what was not sent when refused as ${code}, and tries slowly on`, () => {
      const step = run(state({ connection: "connecting" }), { type: "open-failed", error: error(code) });
      assert.deepEqual(kinds(step), ["fail", "open"]);
      assert.ok(step.effects[0]?.type === "fail" && step.effects[0].only === "unsent");
      assert.ok(step.effects[1]?.type === "open" && step.effects[1].after > 10_000);
      assert.equal(step.state.ended, undefined);
    });
  }

  it("ends where the kernel is not found", () => {
    const step = run(state({ connection: "connecting" }), { type: "open-failed", error: error("not-found") });
    assert.deepEqual([step.state.ended?.code, step.state.kernel, kinds(step)], ["kernel-dead", "dead", ["fail", "close"]]);
  });

  it("ends with its server, once that was said several times in a row", () => {
    const stopped: KernelEvent = { type: "open-failed", error: error("server-stopped") };
    const often = run(state({ connection: "connecting" }), ...Array.from({ length: 7 }, () => stopped));
    assert.equal(often.state.ended, undefined);
    assert.equal(run(often.state, stopped).state.ended?.code, "server-stopped");
    const between = run(often.state, { type: "open-failed", error: error("unreachable") }, stopped);
    assert.equal(between.state.ended, undefined);
  });

  it("reconnects at once when closed", () => {
    const step = run(connected("busy"), { type: "closed", suspect: false, silent: false });
    assert.deepEqual([step.state.connection, step.effects], ["connecting", [{ type: "open", after: 0 }]]);
    assert.equal(visibleStatus(step.state), "unknown");
  });

  it("rests without a word until it is wanted", () => {
    const rested = run(heard("idle"), { type: "rest" }, { type: "closed", suspect: false, silent: false });
    assert.deepEqual([rested.state.connection, visibleStatus(rested.state), rested.effects], ["resting", "unknown", []]);
    const wanted = run(rested.state, { type: "connect" });
    assert.deepEqual([wanted.state.connection, wanted.effects], ["connecting", [{ type: "open", after: 0 }]]);
  });

  it("asks whether it was evicted before it reconnects", () => {
    const asking = run(connected("busy"), { type: "closed", suspect: true, silent: false });
    assert.deepEqual([asking.state.connection, kinds(asking)], ["connecting", ["ask-eviction"]]);
    assert.deepEqual(kinds(run(asking.state, { type: "not-evicted" })), ["open"]);
    const evicted = run(asking.state, { type: "evicted" });
    assert.deepEqual([evicted.state.ended?.code, kinds(evicted)], ["evicted", ["fail", "close"]]);
  });

  it("knows a silent network until it is open again", () => {
    const closed = run(connected("busy"), { type: "closed", suspect: false, silent: true });
    assert.equal(closed.state.silent, true);
    const refused = run(closed.state, { type: "open-failed", error: error("unreachable") });
    assert.equal(refused.state.silent, true);
    assert.equal(run(refused.state, { type: "connect" }, { type: "opened" }).state.silent, false);
    assert.equal(run(connected("busy"), { type: "open-failed", error: error("timeout") }).state.silent, true);
  });

  it("settles everything when another process answers, unless a restart is known of", () => {
    const step = run(connected("busy"), { type: "another-process" });
    assert.deepEqual([step.state.kernel, kinds(step)], ["autorestarting", ["fail", "reopen"]]);
    assert.deepEqual(run(connected("restarting"), { type: "another-process" }).effects, []);
  });

  for (const status of ["starting", "idle", "busy"] as const) {
    it(`follows ${status}`, () => {
      const told: KernelEvent = { type: "status-message", status, hasParent: true };
      assert.equal(visibleStatus(run(connected("unknown"), told).state), status);
    });
  }

  it("does not know other words for a status", () => {
    assert.equal(run(connected("idle"), { type: "status-message", status: "dancing", hasParent: true }).state.kernel, "unknown");
  });

  it("settles everything and opens another websocket when the kernel was restarted by the server", () => {
    const step = run(connected("busy"), { type: "status-message", status: "restarting", hasParent: false });
    assert.deepEqual([visibleStatus(step.state), step.state.connection, kinds(step)], ["autorestarting", "connecting", ["fail", "reopen"]]);
    assert.ok(step.effects[0]?.type === "fail" && step.effects[0].error.code === "kernel-dead");
    assert.equal(run(step.state, { type: "opened" }, { type: "status-message", status: "idle", hasParent: true }).state.kernel, "idle");
  });

  for (const [what, before, event, by] of [
    ["somebody's restart", [], { type: "ending", restart: true }, "restarted"],
    ["another process", [], { type: "another-process" }, "restarted"],
    ["a death", [], { type: "status-message", status: "restarting", hasParent: false }, "died"],
    ["exit()", [{ type: "exiting" }], { type: "status-message", status: "restarting", hasParent: false }, "exited"],
    ["exit(), seen by the process only", [{ type: "exiting" }], { type: "another-process" }, "exited"],
  ] as const) {
    it(`tells once that variables are lost by ${what}, in words of its own`, () => {
      const step = run(connected("idle"), ...before, event);
      const [first] = step.effects;
      assert.ok(first?.type === "fail" && first.replaced === by);
      const said = `${first.error.message} ${first.notBegun?.message ?? ""}`;
      assert.equal(/memory/.test(said), by === "died", said);
      assert.equal(/exit/.test(said), by === "exited", said);
      const again = run(step.state, { type: "status-message", status: "restarting", hasParent: false }).effects;
      assert.ok(again.every((effect) => effect.type !== "fail" || effect.replaced === undefined));
    });
  }

  it("ends when the kernel is dead, as told or as modelled", () => {
    for (const event of [
      { type: "status-message", status: "dead", hasParent: false },
      { type: "rest-model", status: "dead" },
    ] as const) {
      const step = run(connected("busy"), event);
      assert.deepEqual([step.state.ended?.code, visibleStatus(step.state), kinds(step)], ["kernel-dead", "dead", ["fail", "close"]]);
    }
  });

  it("believes the server's model only until the kernel has spoken", () => {
    assert.equal(run(connected("unknown"), { type: "rest-model", status: "busy" }).state.kernel, "busy");
    assert.equal(run(connected("idle"), { type: "rest-model", status: "busy" }).state.kernel, "idle");
  });

  it("settles everything at a restart, hears nothing of the old process, and asks the new one first", () => {
    const restarting = run(connected("busy"), { type: "restart" });
    assert.ok(restarting.effects[0]?.type === "fail" && restarting.effects[0].error.code === "kernel-restarted");
    const late = run(restarting.state, { type: "status-message", status: "idle", hasParent: true }, { type: "ending", restart: true });
    assert.deepEqual([late.state.kernel, late.effects], ["restarting", []]);
    const restarted = run(late.state, { type: "restarted" });
    assert.deepEqual([restarted.state.kernel, kinds(restarted)], ["unknown", ["reopen"]]);
    assert.deepEqual(kinds(run(restarted.state, { type: "opened" })), ["probe", "flush"]);
    assert.deepEqual(kinds(run(late.state, { type: "restart-failed" })), ["probe", "flush"]);
  });

  it("gives the reason of a restart to what it ends", () => {
    const [effect] = run(connected("busy"), { type: "restart", error: error("aborted") }).effects;
    assert.ok(effect?.type === "fail" && effect.error.code === "aborted");
  });

  it("is settled by another client's restart and shutdown", () => {
    const restart = run(connected("busy"), { type: "ending", restart: true });
    assert.deepEqual(kinds(restart), ["fail", "reopen"]);
    assert.ok(restart.effects[0]?.type === "fail" && restart.effects[0].error.code === "kernel-restarted");
    const shutdown = run(connected("busy"), { type: "ending", restart: false });
    assert.deepEqual([visibleStatus(shutdown.state), kinds(shutdown)], ["terminating", ["await-end"]]);
  });

  it("ends when the kernel is gone, or it is disposed, and stays so", () => {
    const gone = run(connected("busy"), { type: "gone", error: error("server-stopped") });
    assert.deepEqual([gone.state.ended?.code, gone.state.kernel], ["server-stopped", "dead"]);
    const disposed = run(connected("busy"), { type: "disposed" });
    assert.deepEqual(
      [disposed.state.ended?.code, disposed.state.connection, kinds(disposed)],
      ["disposed", "disconnected", ["fail", "close"]],
    );
    for (const event of [{ type: "connect" }, { type: "opened" }, { type: "restart" }, { type: "disposed" }] as const) {
      assert.deepEqual(run(gone.state, event), { state: gone.state, effects: [] });
    }
  });
});
