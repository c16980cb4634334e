// DisposableStore: order, lateness, errors.
import assert from "node:assert/strict";
import { DisposableStore } from "../../../src/base/disposable";

describe("DisposableStore", () => {
  const ended: string[] = [];
  const item = (name: string) => ({ dispose: () => void ended.push(name) });
  beforeEach(() => void (ended.length = 0));

  it("disposes what was added, newest first, once", () => {
    const store = new DisposableStore();
    for (const name of ["a", "b", "c"]) store.add(item(name));
    store.dispose();
    store.dispose();
    assert.deepEqual([ended, store.isDisposed], [["c", "b", "a"], true]);
  });

  it("disposes at once what is added after its own disposal", () => {
    const store = new DisposableStore();
    store.dispose();
    const late = item("late");
    assert.equal(store.add(late), late);
    assert.deepEqual(ended, ["late"]);
  });

  it("disposes what is added while it disposes", () => {
    const store = new DisposableStore();
    store.add({ dispose: () => void store.add(item("inner")) });
    store.dispose();
    assert.deepEqual(ended, ["inner"]);
  });

  it("forgets what was deleted", () => {
    const store = new DisposableStore();
    const a = store.add(item("a"));
    store.delete(a);
    store.delete(a);
    store.delete(item("stranger"));
    store.dispose();
    assert.deepEqual(ended, ["a"]);
  });

  it("disposes all although one throws, and reports every error", () => {
    const store = new DisposableStore();
    const faults = [new Error("first"), new Error("second")];
    for (const fault of faults) {
      store.add(item("between"));
      store.add({
        dispose: () => {
          throw fault;
        },
      });
    }
    assert.throws(
      () => store.dispose(),
      (error) => error instanceof AggregateError && error.errors.length === 2 && error.errors.includes(faults[0]),
    );
    assert.deepEqual(ended, ["between", "between"]);
  });
});
