// Listing: a stale answer never overrides a newer fact, whatever the order in which things come.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { ProductError, hasCode } from "../../../../src/base/errors";
import { nullLogger } from "../../../../src/base/log";
import { Listing } from "../../../../src/services/listing";

describe("listing", () => {
  let asked: Deferred<string[]>[];
  let listing: Listing<string[]>;
  let changes: string[][];

  beforeEach(() => {
    asked = [];
    changes = [];
    const ask = (): Promise<string[]> => {
      const answer = new Deferred<string[]>();
      asked.push(answer);
      return answer.promise;
    };
    listing = new Listing<string[]>({ initial: [], ask, log: nullLogger });
    listing.onDidChange((value) => changes.push(value));
  });

  it("takes answers and fires only where they differ", async () => {
    for (const answer of [["a"], ["a"], ["a", "b"]]) {
      const refreshed = listing.refresh();
      asked.at(-1)?.resolve(answer);
      assert.deepEqual(await refreshed, answer);
    }
    assert.deepEqual(changes, [["a"], ["a", "b"]]);
  });

  it("drops an answer that was asked for before something was done here, and asks anew", async () => {
    const refreshed = listing.refresh();
    listing.update((value) => [...value, "started here"]);
    asked[0]?.resolve([]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([listing.value, asked.length], [["started here"], 2]);
    asked[1]?.resolve(["started here", "other"]);
    assert.deepEqual(await refreshed, ["started here", "other"]);
    assert.deepEqual(changes, [["started here"], ["started here", "other"]]);
  });

  it("stops asking anew where things are done all the time", async () => {
    const refreshed = listing.refresh();
    for (let i = 0; i < 3; i++) {
      listing.update(() => [`fact ${i}`]);
      asked[i]?.resolve(["stale"]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual([await refreshed, asked.length], [["fact 2"], 3]);
  });

  it("drops the answer to an earlier question that comes after that to a later one", async () => {
    const [first, second] = [listing.refresh(), listing.refresh()];
    asked[1]?.resolve(["new"]);
    await second;
    asked[0]?.resolve(["old"]);
    assert.deepEqual(await first, ["new"]);
    assert.deepEqual(changes, [["new"]]);
  });

  it("takes what was heard without taking it for newer than an answer", async () => {
    const refreshed = listing.refresh();
    listing.annotate(() => ["heard"]);
    asked[0]?.resolve(["answer"]);
    assert.deepEqual(await refreshed, ["answer"]);
    assert.equal(asked.length, 1);
  });

  it("keeps what it had when asking fails, and says so to the caller and by its event", async () => {
    const failures: Error[] = [];
    listing.onDidFail((error) => failures.push(error));
    listing.update(() => ["known"]);
    const fault = new ProductError("server-error", "It answered 500.");
    const refreshed = listing.refresh();
    asked[0]?.reject(fault);
    await assert.rejects(refreshed, (error) => error === fault);
    assert.deepEqual([listing.value, failures, listing.isReady], [["known"], [fault], false]);
    const aborted = listing.refresh();
    asked[1]?.reject(new ProductError("aborted", "Cancelled."));
    await assert.rejects(aborted, (error) => hasCode(error, "aborted"));
    assert.equal(failures.length, 1, "who gives up knows it");
  });

  it("is ready with the first answer, asked for once by all who wait; after a failure it asks again", async () => {
    const waiting = [listing.ready(), listing.ready()];
    asked[0]?.reject(new ProductError("unreachable", "Gone."));
    for (const each of waiting) await assert.rejects(each, (error) => hasCode(error, "unreachable"));
    const again = listing.ready();
    asked[1]?.resolve(["a"]);
    await again;
    await listing.ready();
    assert.equal(asked.length, 2);
  });

  it("lets one who waits to be ready leave", async () => {
    await assert.rejects(listing.ready(AbortSignal.abort()), (error) => hasCode(error, "aborted"));
  });

  it("takes nothing once disposed", async () => {
    const refreshed = listing.refresh();
    listing.dispose();
    asked[0]?.resolve(["late"]);
    await assert.rejects(refreshed, (error) => hasCode(error, "disposed"));
    assert.deepEqual(listing.value, []);
  });
});
