// The poller's kindness, over hours that pass at once: at rest, hidden, away, failing, signed out, live.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { ProductError, type ErrorCode } from "../../../../src/base/errors";
import { Poller } from "../../../../src/services/poller";
import { FakeClock, hour, minute, settled } from "../../../fakes/clock";
import { FakePerson } from "../../../fakes/person";

describe("poller", () => {
  let clock: FakeClock;
  let person: FakePerson;
  let poller: Poller;
  /** When it polled. */
  let polls: number[];
  let answer: () => Promise<boolean>;
  let live: { opened: number; closed: number; isOpen: boolean; changed: () => void };
  let chance: number;

  const make = (withLive = false): Poller =>
    new Poller({
      poll: () => {
        polls.push(clock.now());
        return answer();
      },
      live: withLive
        ? (changed) => {
            live.opened++;
            live.changed = changed;
            return {
              get isOpen() {
                return live.isOpen;
              },
              dispose: () => (live.closed += 1),
            };
          }
        : undefined,
      ...{ clock, activity: person, random: () => chance },
    });

  beforeEach(() => {
    clock = new FakeClock();
    person = new FakePerson();
    polls = [];
    live = { opened: 0, closed: 0, isOpen: true, changed: () => undefined };
    chance = 0;
    answer = async () => false;
    poller = make();
  });
  afterEach(() => poller.dispose());

  /** The polls since `from`, the first of them at 0. */
  const gaps = (from = 0): number[] => polls.slice(from + 1).map((at, i) => (at - (polls[from + i] ?? 0)) / 1000);
  const most = (window: number): number =>
    Math.max(0, ...polls.map((start) => polls.filter((at) => at >= start && at < start + window).length));

  it("polls nothing while nobody looks", async () => {
    await clock.advance(hour);
    assert.deepEqual([polls, clock.waiting], [[], 0]);
  });

  it("polls at once when somebody looks, then ever more rarely, and at rest at most twice a minute", async () => {
    poller.acquire();
    await clock.advance(hour);
    assert.equal(polls[0], 0);
    assert.deepEqual(gaps().slice(0, 6), [5, 10, 20, 40, 40, 40]);
    const rest = polls.filter((at) => at > minute);
    assert.ok(rest.length <= 120 && rest.length > 60, String(rest.length));
    polls = rest;
    assert.ok(most(minute) <= 2, "with two requests a poll, four a minute");
  });

  it("polls no more often by chance, but not all at the same time", async () => {
    poller.acquire();
    await clock.advance(hour);
    const without = polls.length;
    poller.dispose();
    polls = [];
    chance = 0.99;
    poller = make();
    poller.acquire();
    await clock.advance(hour);
    assert.ok(polls.length < without && polls.length > without * 0.7, `${polls.length} of ${without}`);
  });

  it("stops with the last who looks, and goes on with the next", async () => {
    const looks = [poller.acquire(), poller.acquire()];
    await clock.advance(minute);
    looks[0]?.dispose();
    looks[0]?.dispose();
    const some = polls.length;
    await clock.advance(minute);
    assert.ok(polls.length > some);
    looks[1]?.dispose();
    const all = polls.length;
    await clock.advance(hour);
    assert.deepEqual([polls.length, clock.waiting], [all, 0]);
    poller.acquire();
    await clock.advance(0);
    assert.equal(polls.length, all + 1);
  });

  it("does not poll more often by being looked at again and again", async () => {
    for (let i = 0; i < 600; i++) {
      const look = poller.acquire();
      await clock.advance(50);
      look.dispose();
      await clock.advance(50);
    }
    assert.ok(polls.length <= 13, String(polls.length));
  });

  it("polls nothing while the person is away, and at once when they are back", async () => {
    poller.acquire();
    await clock.advance(minute);
    person.become(false);
    const before = polls.length;
    await clock.advance(10 * hour);
    assert.deepEqual([polls.length, clock.waiting], [before, 0]);
    person.become(true);
    await clock.advance(0);
    assert.equal(polls.length, before + 1);
  });

  it("polls often after a change, told or found, then ever more rarely again", async () => {
    poller.acquire();
    await clock.advance(10 * minute);
    const told = polls.length;
    poller.noteChange();
    await clock.advance(5 * minute);
    assert.deepEqual(gaps(told).slice(0, 4), [5, 10, 20, 40]);
    const found = polls.length;
    answer = async () => {
      answer = async () => false;
      return true;
    };
    await clock.advance(5 * minute);
    assert.deepEqual(gaps(found).slice(0, 4), [5, 10, 20, 40]);
  });

  it("makes one poll of many changes", async () => {
    poller.acquire();
    await clock.advance(10 * minute);
    const before = polls.length;
    for (let i = 0; i < 100; i++) {
      poller.noteChange();
      await clock.advance(10);
    }
    assert.equal(polls.length, before + 1);
  });

  it("polls again for a change that was told while a poll was under way", async () => {
    const gate = new Deferred<boolean>();
    answer = () => gate.promise;
    poller.acquire();
    await clock.advance(0);
    poller.noteChange();
    await clock.advance(hour);
    assert.equal(polls.length, 1, "never two at once");
    answer = async () => false;
    gate.resolve(false);
    await clock.advance(5_000);
    assert.equal(polls.length, 2);
  });

  it("backs off while it fails, says each failure, and is back at its pace with the first answer", async () => {
    const failures: Error[] = [];
    poller.onDidFail((error) => failures.push(error));
    answer = () => Promise.reject(new ProductError("unreachable", "Gone."));
    poller.acquire();
    await clock.advance(hour);
    assert.deepEqual(gaps().slice(0, 8), [10, 20, 40, 80, 160, 320, 600, 600]);
    assert.ok(polls.length <= 13, String(polls.length));
    assert.equal(failures.length, polls.length);
    answer = async () => false;
    await clock.advance(10 * minute);
    const [last, before] = [polls.at(-1) ?? 0, polls.at(-2) ?? 0];
    assert.ok(last - before <= 40_000);
  });

  it("does not end its back-off by being looked at or told of changes", async () => {
    answer = () => Promise.reject(new ProductError("server-error", "500."));
    poller.acquire();
    await clock.advance(5 * minute);
    const before = polls.length;
    for (let i = 0; i < 10; i++) {
      poller.acquire().dispose();
      poller.noteChange();
      person.become(false);
      person.become(true);
      await clock.advance(900);
    }
    assert.equal(polls.length, before);
  });

  it("spreads its back-off by chance", async () => {
    chance = 0.99;
    answer = () => Promise.reject(new ProductError("unreachable", "Gone."));
    poller.acquire();
    await clock.advance(minute);
    assert.deepEqual(gaps().slice(0, 2).map(Math.round), [5, 10]);
  });

  for (const code of ["signed-out", "forbidden", "server-stopped"] satisfies ErrorCode[]) {
    it(`asks once and then nothing more when the answer is ${code}, until it is resumed`, async () => {
      const refusal = new ProductError(code, "No.");
      answer = () => Promise.reject(refusal);
      poller.acquire();
      await clock.advance(hour);
      poller.acquire();
      poller.noteChange();
      person.become(false);
      person.become(true);
      await clock.advance(hour);
      assert.deepEqual([polls.length, poller.stopped, clock.waiting], [1, refusal, 0]);
      answer = async () => false;
      poller.resume();
      await clock.advance(1_000);
      assert.deepEqual([polls.length, poller.stopped], [2, undefined]);
      await clock.advance(minute);
      assert.ok(polls.length > 2);
    });
  }

  it("goes on without asking at once when someone else was answered", async () => {
    answer = () => Promise.reject(new ProductError("signed-out", "No."));
    poller.acquire();
    await clock.advance(minute);
    answer = async () => false;
    poller.noteAnswer();
    await clock.advance(1_000);
    assert.deepEqual([polls.length, poller.stopped], [1, undefined]);
    await clock.advance(minute);
    assert.ok(polls.length > 1);
  });

  it("resumes nothing that nobody looks at", async () => {
    poller.resume();
    poller.noteChange();
    poller.noteAnswer();
    await clock.advance(hour);
    assert.deepEqual(polls, []);
  });

  it("is live while it polls: rarer at rest, soon after each change, closed when there is no reason to poll", async () => {
    poller = make(true);
    assert.equal(live.opened, 0);
    const look = poller.acquire();
    await clock.advance(hour);
    assert.ok(most(hour) <= 30, String(polls.length));
    const before = polls.length;
    live.changed();
    await clock.advance(1_000);
    assert.equal(polls.length, before + 1);
    person.become(false);
    assert.deepEqual([live.opened, live.closed], [1, 1]);
    person.become(true);
    assert.deepEqual([live.opened, live.closed], [2, 1]);
    look.dispose();
    assert.deepEqual([live.opened, live.closed], [2, 2]);
  });

  it("does not rely on a stream that is not open", async () => {
    poller = make(true);
    live.isOpen = false;
    poller.acquire();
    await clock.advance(hour);
    assert.ok(polls.length > 60);
  });

  it("closes the stream when it is refused", async () => {
    poller = make(true);
    answer = () => Promise.reject(new ProductError("signed-out", "No."));
    poller.acquire();
    await clock.advance(minute);
    assert.deepEqual([live.opened, live.closed], [1, 1]);
  });

  it("ends with its disposal, also a poll under way, without a word", async () => {
    const failures: Error[] = [];
    poller.onDidFail((error) => failures.push(error));
    const gate = new Deferred<boolean>();
    answer = () => gate.promise;
    poller.acquire();
    await clock.advance(0);
    poller.dispose();
    gate.reject(new ProductError("aborted", "Cancelled."));
    await settled();
    poller.acquire();
    await clock.advance(hour);
    assert.deepEqual([polls.length, failures, clock.waiting], [1, [], 0]);
  });
});
