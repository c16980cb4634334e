// Idle kernels rest when the person has been away, and only then.
import assert from "node:assert/strict";
import { Resting } from "../../../../src/app/notebooks/resting";
import { Emitter } from "../../../../src/base/event";
import { FakeClock, minute } from "../../../fakes/clock";
import { FakePerson } from "../../../fakes/person";

describe("resting", () => {
  let clock: FakeClock;
  let person: FakePerson;
  let changed: Emitter<string>;
  let rests: number;
  let after: number | undefined;
  let resting: Resting;

  beforeEach(() => {
    clock = new FakeClock();
    person = new FakePerson();
    changed = new Emitter();
    rests = 0;
    after = 15 * minute;
    resting = new Resting(
      { rest: () => void (rests += 1), onDidChange: changed.event },
      { activity: person, restAfter: () => after },
      clock,
    );
  });
  afterEach(() => resting.dispose());

  it("begins when the person has been away for as long as is set, not before", async () => {
    await clock.advance(60 * minute);
    person.become(false);
    await clock.advance(14 * minute);
    assert.equal(rests, 0);
    await clock.advance(minute);
    assert.equal(rests, 1);
  });

  it("does not begin where the person has come back, or wants none", async () => {
    person.become(false);
    await clock.advance(14 * minute);
    person.become(true);
    await clock.advance(60 * minute);
    after = undefined;
    person.become(false);
    await clock.advance(600 * minute);
    assert.equal(rests, 0);
  });

  it("comes for a kernel that was busy once it has been idle for a while", async () => {
    changed.fire("while the person is there");
    person.become(false);
    await clock.advance(15 * minute);
    for (let cell = 0; cell < 5; cell++) {
      changed.fire("a notebook");
      await clock.advance(20_000);
    }
    assert.equal(rests, 1);
    await clock.advance(10_000);
    assert.equal(rests, 2);
    person.become(true);
    changed.fire("a notebook");
    await clock.advance(minute);
    assert.equal(rests, 2);
  });

  it("ends with the window", async () => {
    person.become(false);
    resting.dispose();
    await clock.advance(60 * minute);
    assert.deepEqual([rests, clock.waiting], [0, 0]);
  });
});
