// Hooks on the messages of a request, with the real kernel: behaviours 40–43 of docs/behaviours.md.
import assert from "node:assert/strict";
import type { MessageHook } from "../../../src/services/kernel/requests/hooks";
import { kernelBench, type KernelBench, run } from "../support/kernels";

/** Prints 0, and 1 in a message of its own. */
const prints = "import time\nprint(0, flush=True)\ntime.sleep(0.5)\nprint(1, flush=True)";

describe("hooks", function () {
  this.timeout(90_000);
  let bench: KernelBench;
  let seen: string[];
  kernelBench((started) => (bench = started));
  beforeEach(() => void (seen = []));

  /** Notes what is printed, does something then, and passes it on or not. */
  const hook =
    (name: string, act: () => void = () => undefined, verdict: boolean | Promise<boolean> = true): MessageHook =>
    ({ header, content }) => {
      if (header.msg_type !== "stream") return true;
      seen.push(`${name} ${String(content["text"]).trim()}`);
      act();
      return verdict;
    };
  /** What comes through to the handler is noted too. */
  const begin = async (code: string) => {
    const handler = hook("handler");
    return run(await bench.ready(), code, { onIOPub: (message) => handler(message) });
  };

  it("40: the newest comes first, slow or not", async () => {
    const running = await begin("print(0)");
    for (const name of ["first", "second"]) running.future.registerMessageHook(hook(name));
    running.future.registerMessageHook(hook("slow", () => undefined, new Promise((resolve) => setImmediate(resolve, true))));
    await running.done();
    assert.deepEqual(seen, ["slow 0", "second 0", "first 0", "handler 0"]);
  });

  it("41: false stops the rest, at once or later, and done still settles", async () => {
    for (const verdict of [false, Promise.resolve(false)]) {
      seen = [];
      const running = await begin("print(0)");
      running.future.registerMessageHook(hook("first"));
      running.future.registerMessageHook(hook("second", () => undefined, verdict));
      assert.equal((await running.done()).status, "ok");
      assert.deepEqual(seen, ["second 0"]);
    }
  });

  it("42, 43: one that is added hears the next message, one that is removed not even the present one", async () => {
    const running = await begin(prints);
    const removed = running.future.registerMessageHook(hook("removed"));
    const change = (): void => {
      removed.dispose();
      if (seen.length === 1) running.future.registerMessageHook(hook("added"));
    };
    running.future.registerMessageHook(hook("changing", change));
    await running.done();
    assert.deepEqual(seen, ["changing 0", "handler 0", "added 1", "changing 1", "handler 1"]);
  });
});
