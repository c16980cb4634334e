// Work that is asked for again while it goes on.
import assert from "node:assert/strict";
import { Deferred } from "../../../src/base/async";
import { ProductError, hasCode } from "../../../src/base/errors";
import { Joins } from "../../../src/base/joins";

describe("joined work", () => {
  const owner = {};
  let joins: Joins<object, number>;
  let done: Deferred<number>[];
  const work = (): Promise<number> => {
    const one = new Deferred<number>();
    done.push(one);
    return one.promise;
  };
  beforeEach(() => {
    joins = new Joins();
    done = [];
  });

  it("is done once while it goes on, for all who ask, and anew afterwards", async () => {
    const all = [1, 2, 3].map(() => joins.run(owner, "a", work));
    assert.equal(done.length, 1);
    done[0]?.resolve(7);
    assert.deepEqual(await Promise.all(all), [7, 7, 7]);
    void joins.run(owner, "a", work);
    assert.equal(done.length, 2);
  });

  it("fails for all who asked, and may be tried again", async () => {
    const all = [1, 2].map(() => joins.run(owner, "a", work));
    done[0]?.reject(new ProductError("busy", "No"));
    for (const one of all) await assert.rejects(one, (error) => hasCode(error, "busy"));
    void joins.run(owner, "a", work);
    assert.equal(done.length, 2);
  });

  it("is another's where owner or key are others", () => {
    for (const [who, key] of [
      [owner, "a"],
      [owner, "b"],
      [{}, "a"],
    ] as const)
      void joins.run(who, key, work);
    assert.equal(done.length, 3);
  });

  it("goes on when somebody leaves", async () => {
    const abort = new AbortController();
    const leaving = joins.run(owner, "a", work, abort.signal);
    const staying = joins.run(owner, "a", work);
    abort.abort();
    await assert.rejects(leaving, (error) => hasCode(error, "aborted"));
    done[0]?.resolve(1);
    assert.equal(await staying, 1);
  });
});
