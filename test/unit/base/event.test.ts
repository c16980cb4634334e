// Events: order, isolation of listeners, unsubscribing, waiting for the next value.
import assert from "node:assert/strict";
import { ProductError, hasCode } from "../../../src/base/errors";
import { Emitter, next } from "../../../src/base/event";
import { nullLogger } from "../../../src/base/log";

describe("Emitter", () => {
  let logged: unknown[];
  let emitter: Emitter<number>;
  let heard: string[];
  const listener = (name: string) => (value: number) => void heard.push(`${name}${value}`);

  beforeEach(() => {
    logged = [];
    heard = [];
    emitter = new Emitter<number>({ ...nullLogger, error: (_, detail) => void logged.push(detail) });
  });

  it("calls its listeners in the order they subscribed", () => {
    for (const name of ["a", "b", "c"]) emitter.event(listener(name));
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(heard, ["a1", "b1", "c1", "a2", "b2", "c2"]);
  });

  it("logs a listener that throws or rejects, and calls the others", async () => {
    const [thrown, rejected] = [new Error("thrown"), new Error("rejected")];
    emitter.event(() => {
      throw thrown;
    });
    emitter.event(() => Promise.reject(rejected));
    emitter.event(listener("a"));
    emitter.fire(1);
    await Promise.resolve();
    assert.deepEqual([heard, logged], [["a1"], [thrown, rejected]]);
  });

  it("calls the same function once for each time it was subscribed, and unsubscribes each alone", () => {
    const twice = listener("a");
    const first = emitter.event(twice);
    emitter.event(twice);
    emitter.fire(1);
    first.dispose();
    first.dispose();
    emitter.fire(2);
    assert.deepEqual(heard, ["a1", "a1", "a2"]);
  });

  it("does not call a listener that an earlier one has unsubscribed", () => {
    emitter.event(() => second.dispose());
    const second = emitter.event(listener("b"));
    emitter.fire(1);
    assert.deepEqual(heard, []);
  });

  it("calls a listener that was subscribed while a value is fired for the next value", () => {
    const first = emitter.event(() => {
      first.dispose();
      emitter.event(listener("late"));
    });
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(heard, ["late2"]);
  });

  it("delivers a value that a listener fires", () => {
    emitter.event((value) => value < 3 && emitter.fire(value + 1));
    emitter.event(listener("a"));
    emitter.fire(1);
    assert.deepEqual(heard, ["a3", "a2", "a1"]);
  });

  it("is silent once disposed, also for the rest of a value's listeners", () => {
    emitter.event(() => emitter.dispose());
    emitter.event(listener("a"));
    emitter.fire(1);
    emitter.event(listener("b"));
    emitter.fire(2);
    assert.deepEqual(heard, []);
  });
});

describe("next", () => {
  it("resolves with the first value it accepts and listens no longer", async () => {
    const emitter = new Emitter<number>();
    let asked = 0;
    const value = next(emitter.event, (each) => ++asked > 0 && each > 1);
    for (const each of [1, 2, 3]) emitter.fire(each);
    assert.deepEqual([await value, asked], [2, 2]);
  });

  it("rejects when it is aborted, before or while it waits", async () => {
    const emitter = new Emitter<number>();
    const controller = new AbortController();
    const waiting = next(emitter.event, () => true, controller.signal);
    controller.abort(new ProductError("disposed", "Closed."));
    await assert.rejects(waiting, (error) => hasCode(error, "disposed"));
    await assert.rejects(
      next(emitter.event, () => true, AbortSignal.abort()),
      (error) => hasCode(error, "aborted"),
    );
  });
});
