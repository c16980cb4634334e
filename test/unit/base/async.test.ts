// Waiting: deferred values, abort, bounds, back-off, serial queues.
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { abortable, abortReason, backoff, Deferred, delay, SerialQueue, throwIfAborted, withTimeout } from "../../../src/base/async";
import { ProductError, hasCode } from "../../../src/base/errors";

const never = new Promise<never>(() => undefined);
const aborted = (error: unknown): boolean => hasCode(error, "aborted");

/** What nobody handled of all that `work` did. */
async function unhandled(work: () => Promise<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  const note = (reason: unknown): void => void found.push(reason);
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
  try {
    await work();
    // Unhandled rejections are told after the microtasks of a turn.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeListener("unhandledRejection", note);
    for (const other of others) process.on("unhandledRejection", other);
  }
  return found;
}

describe("Deferred", () => {
  it("settles once, as it was first told", async () => {
    const deferred = new Deferred<number>();
    assert.equal(deferred.settled, false);
    deferred.resolve(1);
    deferred.reject(new Error("late"));
    assert.deepEqual([await deferred.promise, deferred.settled], [1, true]);
  });

  it("may be rejected without anyone waiting", async () => {
    assert.deepEqual(await unhandled(async () => new Deferred<void>().reject(new Error("nobody cares"))), []);
  });
});

describe("abortable", () => {
  it("settles as its promise does", async () => {
    const { signal } = new AbortController();
    assert.equal(await abortable(Promise.resolve(1), signal), 1);
    assert.equal(await abortable(Promise.resolve(1), undefined), 1);
    await assert.rejects(abortable(Promise.reject(new Error("no")), signal), /no/);
  });

  it("rejects when aborted, before or while it waits, with the reason if that is one of ours", async () => {
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    controller.abort(new ProductError("server-stopped", "Gone."));
    await assert.rejects(waiting, (error) => hasCode(error, "server-stopped"));
    await assert.rejects(abortable(never, AbortSignal.abort()), aborted);
    assert.ok(aborted(abortReason(AbortSignal.abort("text"))));
    assert.throws(() => throwIfAborted(AbortSignal.abort()), aborted);
    throwIfAborted(undefined);
  });

  it("leaves no rejection unhandled, whenever the abort comes", async () => {
    const found = await unhandled(async () => {
      await assert.rejects(abortable(Promise.reject(new Error("unseen")), AbortSignal.abort()), aborted);
      const controller = new AbortController();
      const later = new Deferred<void>();
      const own = later.promise.then(() => undefined);
      const waiting = abortable(own, controller.signal);
      controller.abort();
      await assert.rejects(waiting, aborted);
      later.reject(new Error("too late"));
    });
    assert.deepEqual(found, []);
  });
});

describe("withTimeout", () => {
  it("settles as its promise does, and keeps no timer", async () => {
    assert.equal(await withTimeout(Promise.resolve(1), 1_000_000, "late"), 1);
    await assert.rejects(withTimeout(Promise.reject(new Error("no")), 1_000_000, "late"), /no/);
  });

  it("rejects with its own words when time is up", async () => {
    await assert.rejects(withTimeout(never, 1, "Nothing came."), (error) => hasCode(error, "timeout") && error.message === "Nothing came.");
  });
});

describe("delay", () => {
  it("resolves in time and rejects on abort, before or while it waits", async () => {
    const controller = new AbortController();
    await delay(1, controller.signal);
    const waiting = delay(1_000_000, controller.signal);
    controller.abort();
    await assert.rejects(waiting, aborted);
    await assert.rejects(delay(1_000_000, controller.signal), aborted);
  });
});

describe("backoff", () => {
  it("doubles up to its ceiling", () => {
    const pauses = [0, 1, 2, 3, 4, Number.MAX_SAFE_INTEGER].map((attempt) => backoff(attempt, 100, 1_000, () => 0));
    assert.deepEqual(pauses, [100, 200, 400, 800, 1_000, 1_000]);
  });

  it("takes off at most half, by chance", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, chance) => {
        const full = backoff(attempt, 100, 1_000, () => 0);
        const pause = backoff(attempt, 100, 1_000, () => chance);
        return pause <= full && pause >= full / 2;
      }),
    );
  });
});

describe("SerialQueue", () => {
  it("runs one task after the other, whether or not the one before failed", async () => {
    const queue = new SerialQueue();
    const gate = new Deferred<void>();
    const ran: string[] = [];
    const first = queue.run(async () => {
      ran.push("first begins");
      await gate.promise;
      ran.push("first ends");
      throw new Error("first");
    });
    const second = queue.run(async () => {
      ran.push("second");
      return 2;
    });
    await Promise.resolve();
    assert.deepEqual(ran, ["first begins"]);
    gate.resolve();
    await assert.rejects(first, /first/);
    assert.equal(await second, 2);
    assert.deepEqual(ran, ["first begins", "first ends", "second"]);
  });

  it("takes a task that throws before its first await for a failed one", async () => {
    const queue = new SerialQueue();
    const broken = queue.run(() => {
      throw new Error("at once");
    });
    await assert.rejects(broken, /at once/);
    assert.equal(await queue.run(async () => 1), 1);
  });
});
