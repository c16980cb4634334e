// The reducer of a kernel connection's state: whether the kernel is heard, why a websocket is closed, what an outage took.
import assert from "node:assert/strict";
import { createMessage, type Channel } from "../../../../../src/services/kernel/messages";
import {
  initialState,
  mustWait,
  reduce,
  type KernelEvent,
  type KernelState,
  type Step,
} from "../../../../../src/services/kernel/socket/state";

let time = 0;
const run = (from: KernelState, ...events: KernelEvent[]): Step =>
  events.reduce<Step>(
    (step, event) =>
      reduce(
        step.state,
        event,
        () => 0.5,
        () => time,
      ),
    { state: from, effects: [] },
  );
const kinds = ({ effects }: Step): string[] => effects.map(({ type }) => type);
const fresh: KernelState = { ...initialState, connection: "connecting" };
/** A kernel that is heard, and does nothing. */
const idle: KernelState = { ...initialState, connection: "connected", kernel: "idle", heard: "yes", worked: true };
const closed = { type: "closed", suspect: false, silent: false } as const;
const opened = { type: "opened" } as const;
const heard = (by: "iopub" | "answer"): KernelEvent => ({ type: "heard", by });
/** What brings another process. */
const changes: Record<string, readonly KernelEvent[]> = {
  "our restart": [{ type: "restart" }, { type: "restarted" }],
  "somebody's restart": [{ type: "ending", restart: true }],
  "a death": [{ type: "status-message", status: "restarting", hasParent: false }],
  "a change that nobody told of": [{ type: "another-process" }],
};

describe("kernel state: hearing", () => {
  beforeEach(() => (time = 1_000_000));

  for (const by of ["iopub", "answer"] as const) {
    it(`a fresh connection's kernel is heard by ${by}, once, and then what waited is sent`, () => {
      const first = run(fresh, opened);
      assert.equal(first.state.heard, "connection");
      const step = run(first.state, heard(by));
      assert.deepEqual([step.state.heard, step.effects], ["yes", [{ type: "flush" }]]);
      assert.deepEqual(run(step.state, heard(by)).effects, []);
    });
  }

  it("a kernel that was heard is heard through the next websocket", () => {
    assert.equal(run(idle, closed, opened).state.heard, "yes");
    assert.equal(run(fresh, opened, closed, opened).state.heard, "connection");
  });

  for (const [what, events] of Object.entries(changes)) {
    it(`after ${what} another websocket is opened, and only an answer shows that the new process is heard`, () => {
      const step = run(idle, ...events);
      assert.deepEqual([step.state.heard, step.state.connection, kinds(step).at(-1)], ["process", "connecting", "reopen"]);
      const old = run(step.state, opened, heard("iopub"));
      assert.deepEqual([old.state.heard, old.effects], ["process", []]);
      assert.deepEqual(run(old.state, heard("answer")).effects, [{ type: "flush" }]);
    });

    it(`after ${what} neither the last word of the process before nor its own first one ends anything`, () => {
      const { state } = run(idle, ...events, opened);
      for (const event of [{ type: "ending", restart: true }, { type: "ending", restart: false }, { type: "another-process" }] as const) {
        assert.deepEqual(run(state, event), { state, effects: [] });
      }
      const again = run(
        state,
        heard("answer"),
        { type: "status-message", status: "idle", hasParent: true },
        { type: "ending", restart: true },
      );
      assert.deepEqual([again.state.kernel, kinds(again)], ["autorestarting", ["fail", "reopen"]]);
    });
  }

  it("a restart that failed leaves the process as it is", () => {
    assert.equal(run(idle, { type: "restart" }, { type: "restart-failed" }).state.heard, "yes");
  });

  const waits = (state: KernelState, channel: Channel, type: string): boolean =>
    mustWait(state, createMessage("client", channel, type, {}));
  for (const unheard of ["connection", "process"] as const) {
    it(`what may print waits until the kernel is heard (${unheard}); its questions and its control channel do not`, () => {
      const state: KernelState = { ...idle, heard: unheard };
      assert.equal(waits(state, "shell", "execute_request"), true);
      assert.equal(waits(state, "shell", "comm_msg"), true);
      assert.equal(waits(state, "shell", "kernel_info_request"), false);
      assert.equal(waits(state, "stdin", "input_reply"), false);
      assert.equal(waits(state, "control", "debug_request"), false);
      assert.equal(waits(idle, "shell", "execute_request"), false);
    });
  }

  it("nothing is sent while we restart the kernel", () => {
    const { state } = run(idle, { type: "restart" });
    for (const channel of ["shell", "control", "stdin"] as const) assert.equal(waits(state, channel, "kernel_info_request"), true);
    assert.equal(
      waits(run(idle, { type: "status-message", status: "restarting", hasParent: false }).state, "control", "debug_request"),
      false,
    );
  });
});

describe("kernel state: closing", () => {
  beforeEach(() => (time = 1_000_000));

  it("rests where the kernel is heard and idle, and closes in order", () => {
    const step = run(idle, { type: "rest" });
    assert.deepEqual([step.state.closing, step.state.connection, step.effects], ["rest", "connected", [{ type: "leave" }]]);
    const rested = run(step.state, closed);
    assert.deepEqual([rested.state.closing, rested.state.connection, rested.effects], ["no", "resting", []]);
    const back = run(rested.state, { type: "connect" }, opened, closed);
    assert.equal(back.state.connection, "connecting");
  });

  for (const [what, state] of [
    ["busy", { ...idle, kernel: "busy" }],
    ["not heard yet", { ...idle, heard: "connection" }],
    ["another process that is not heard yet", { ...idle, heard: "process" }],
    ["not connected", { ...idle, connection: "connecting" }],
    ["resting already", { ...idle, closing: "rest" }],
    ["being left", { ...idle, closing: "leave" }],
  ] as const satisfies readonly (readonly [string, KernelState])[]) {
    it(`does not rest where it is ${what}`, () => assert.deepEqual(run(state, { type: "rest" }), { state, effects: [] }));
  }

  it("rests whatever the server says as it closes, also long after it was opened", () => {
    time += 3_600_000;
    const step = run(idle, { type: "rest" }, { type: "closed", suspect: true, silent: true, awaiting: true });
    assert.deepEqual([step.state.connection, step.state.outage, step.effects], ["resting", undefined, []]);
  });

  it("is left in order, for good: no other websocket is opened", () => {
    for (const before of [idle, { ...idle, kernel: "busy" }, { ...idle, closing: "rest" }] as const) {
      const step = run(before, { type: "leave" });
      assert.deepEqual([step.state.closing, step.effects], ["leave", [{ type: "leave" }]]);
      for (const suspect of [false, true]) {
        const gone = run(step.state, { ...closed, suspect, awaiting: true });
        assert.deepEqual(gone, { state: step.state, effects: [] });
        assert.deepEqual(run(gone.state, { type: "connect" }).effects, []);
      }
    }
  });

  for (const [what, events] of Object.entries(changes)) {
    it(`opens no other websocket after ${what} while it is left; open requests are settled all the same`, () => {
      const all = events.reduce<Step>(
        (step, event) => {
          const next = run(step.state, event);
          return { state: next.state, effects: [...step.effects, ...next.effects] };
        },
        run({ ...idle, closing: "leave" }),
      );
      assert.deepEqual(kinds(all), ["fail"]);
      assert.deepEqual(run(all.state, closed).effects, []);
    });

    it(`takes after ${what} its own next websocket neither for another client's nor for one that is still to be opened`, () => {
      const { state } = run(idle, { ...closed, suspect: true }, ...events);
      for (const now of [state, run(state, opened).state]) {
        for (const type of ["evicted", "not-evicted"] as const) assert.deepEqual(run(now, { type }), { state: now, effects: [] });
      }
    });

    it(`rests no more after ${what}`, () => {
      const { state } = run({ ...idle, closing: "rest" }, ...events);
      assert.equal(state.closing, "no");
      assert.equal(run(state, opened, closed).state.connection, "connecting");
    });
  }
});

describe("kernel state: outages", () => {
  beforeEach(() => (time = 1_000_000));
  const probe = ({ effects }: Step): unknown => effects.find(({ type }) => type === "probe");

  it("asks after an outage in which answers were awaited, once there is a websocket", () => {
    const away = run(idle, { ...closed, awaiting: true });
    assert.deepEqual(away.state.outage, { from: 1_000_000, silent: false });
    time += 5_000;
    const back = run(away.state, { type: "open-failed", error: new Error("not yet") }, { type: "connect" }, opened);
    assert.deepEqual([probe(back), back.state.outage], [{ type: "probe", outage: { from: 1_000_000, silent: false } }, undefined]);
    assert.deepEqual(probe(run(back.state, closed, opened)), { type: "probe" });
  });

  it("knows of no outage where nothing was awaited", () => {
    assert.deepEqual(probe(run(idle, { ...closed, awaiting: false }, opened)), { type: "probe" });
  });

  it("knows that what was sent into a silence is lost, and what was given to another websocket", () => {
    const silent = run(idle, { ...closed, silent: true, awaiting: true }, opened);
    assert.deepEqual(probe(silent), { type: "probe", outage: { from: 1_000_000, silent: true } });
    const taken = run(idle, { ...closed, suspect: true, awaiting: true }, { type: "not-evicted" }, opened);
    assert.deepEqual(probe(taken), { type: "probe", outage: { from: 1_000_000, silent: true } });
    assert.deepEqual(probe(run(idle, { ...closed, suspect: true }, { type: "not-evicted" }, opened)), { type: "probe" });
  });

  it("asks after it where a restart failed meanwhile", () => {
    const step = run(idle, { ...closed, awaiting: true }, { type: "restart" }, { type: "restart-failed" });
    assert.deepEqual([probe(step), step.state.outage], [{ type: "probe", outage: { from: 1_000_000, silent: false } }, undefined]);
  });

  it("takes a websocket that has held for longer than any pause for one that works, though nothing was heard", () => {
    const silent = run({ ...idle, attempt: 3 }, opened);
    time += 30_000;
    assert.deepEqual(run(silent.state, closed).effects, [{ type: "open", after: 1_500 }]);
    time += 1;
    const held = run(silent.state, closed);
    assert.deepEqual([held.state.attempt, held.effects], [0, [{ type: "open", after: 0 }]]);
  });
});

describe("kernel state: congestion", () => {
  const congested = (more: boolean): KernelEvent => ({ type: "congested", congested: more });

  it("reads nothing more as long as any handler is too slow", () => {
    const two = run(idle, congested(true), congested(true));
    assert.deepEqual(two.effects, [{ type: "read", paused: true }]);
    const one = run(two.state, congested(false));
    assert.deepEqual(one.effects, [{ type: "read", paused: true }]);
    assert.deepEqual(run(one.state, congested(false)).effects, [{ type: "read", paused: false }]);
  });

  it("reads nothing from the next websocket either, before anything is asked", () => {
    const slow = run(idle, congested(true), closed, opened);
    assert.deepEqual(slow.effects[0], { type: "read", paused: true });
    assert.deepEqual(kinds(run(idle, congested(true), congested(false), closed, opened)), ["probe", "flush"]);
  });

  it("reads on where the connection has ended: the close behind it would not come", () => {
    const ended = run(idle, congested(true), { type: "disposed" });
    assert.deepEqual(run(ended.state, congested(false)).effects, [{ type: "read", paused: false }]);
  });
});
