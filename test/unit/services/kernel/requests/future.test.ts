// Futures, their hooks and the queue of their handlers: one slow or faulty handler harms nobody but itself.
import assert from "node:assert/strict";
import { Deferred } from "../../../../../src/base/async";
import { ProductError, hasCode } from "../../../../../src/base/errors";
import { nullLogger, type Logger } from "../../../../../src/base/log";
import { KernelFuture, type FutureHandlers, type FuturePorts } from "../../../../../src/services/kernel/requests/future";
import { HandlerQueue } from "../../../../../src/services/kernel/requests/handlerQueue";
import type { MessageHook } from "../../../../../src/services/kernel/requests/hooks";
import type { Message } from "../../../../../src/services/kernel/messages";
import { answerTo, idle, reply, requestOf, stream, turn } from "../messages";

let logged: string[];
const log: Logger = { ...nullLogger, error: (message) => void logged.push(message), warn: (message) => void logged.push(message) };
beforeEach(() => (logged = []));

describe("kernel future", () => {
  const request = requestOf();
  let ended: boolean[];
  /** Whether some of its output was dropped. */
  let isDropped = false;
  afterEach(() => (isDropped = false));
  const make = (handlers: FutureHandlers = {}, ports: Partial<FuturePorts<string>> = {}): KernelFuture<string> => {
    ended = [];
    const read = (one: Message): string => one.header.msg_type;
    const end = (kept: boolean): boolean => {
      ended.push(kept);
      return isDropped;
    };
    return new KernelFuture(request, handlers, { log, read, sendInput: () => undefined, ended: end, ...ports });
  };

  for (const order of [
    [reply, idle],
    [idle, reply],
  ]) {
    it(`19: is done when ${order.map((one) => (one === idle ? "idle" : "the reply")).join(" and ")} came`, async () => {
      const future = make();
      for (const one of order) {
        assert.deepEqual(ended, []);
        future.handle(one(request));
      }
      assert.deepEqual([await future.done, ended], ["execute_reply", [false]]);
    });
  }

  it("tells before its end that output was dropped, where it was answered", async () => {
    isDropped = true;
    const calls: string[] = [];
    const handlers = { onIOPub: () => calls.push("iopub"), onReply: () => calls.push("reply"), onDropped: () => calls.push("dropped") };
    const answered = make(handlers);
    for (const one of [reply, idle]) answered.handle(one(request));
    await answered.done.then(() => calls.push("done"));
    const failed = make(handlers);
    failed.fail(new ProductError("disposed", "over"));
    await assert.rejects(failed.done);
    assert.deepEqual(calls, ["reply", "iopub", "dropped", "done"]);
  });

  it("is done at idle where no reply is expected", async () => {
    const future = make({}, { replies: false });
    future.handle(idle(request));
    assert.equal(await future.done, "execute_request");
  });

  it("35: calls handlers in order, and is done after the last", async () => {
    const seen: string[] = [];
    const gate = new Deferred<void>();
    const note = (message: Message): unknown => {
      seen.push(message.header.msg_type);
      return seen.length === 1 ? gate.promise : undefined;
    };
    const future = make({ onIOPub: note, onReply: note });
    let done = false;
    void future.done.then(() => (done = true));
    for (const one of [stream(request, "a"), reply(request), idle(request)]) future.handle(one);
    await turn();
    assert.deepEqual([seen, done], [["stream"], false]);
    gate.resolve();
    await future.done;
    assert.deepEqual(seen, ["stream", "execute_reply", "status"]);
  });

  it("logs a handler that throws or rejects, and is done all the same", async () => {
    const future = make({
      onIOPub: () => {
        throw new Error("in the handler");
      },
      onReply: () => Promise.reject(new Error("later in the handler")),
    });
    for (const one of [stream(request, "a"), reply(request), idle(request)]) future.handle(one);
    await future.done;
    assert.equal(logged.length, 3);
  });

  it("rejects where the reply cannot be read", async () => {
    const future = make(
      {},
      {
        read: () => {
          throw new ProductError("invalid-message", "faulty");
        },
      },
    );
    future.handle(reply(request));
    future.handle(idle(request));
    await assert.rejects(future.done, (error) => hasCode(error, "invalid-message"));
  });

  it("is closed with the reply that came, and as lost without one", async () => {
    const replied = make();
    replied.handle(reply(request));
    replied.close();
    assert.equal(await replied.done, "execute_reply");
    const lost = make();
    lost.close();
    await assert.rejects(lost.done, (error) => hasCode(error, "connection-lost"));
  });

  it("rejects at once when disposed, however slow its handlers are, and calls them no more", async () => {
    let calls = 0;
    const future = make({
      onIOPub: () => {
        calls += 1;
        return new Promise(() => undefined);
      },
    });
    future.handle(stream(request, "a"));
    future.handle(stream(request, "b"));
    future.dispose();
    await assert.rejects(future.done, (error) => hasCode(error, "disposed"));
    future.handle(stream(request, "c"));
    assert.deepEqual([calls, ended], [1, [false]]);
  });

  it("33: outlives its done until it is disposed", async () => {
    const seen: unknown[] = [];
    const future = make({ onIOPub: ({ content }) => "text" in content && seen.push(content["text"]) }, { outlivesDone: true });
    future.handle(reply(request));
    future.handle(idle(request));
    await future.done;
    future.handle(stream(request, "late"));
    future.dispose();
    future.handle(stream(request, "too late"));
    assert.deepEqual([seen, ended], [["late"], [true, false]]);
  });

  it("passes input requests on", () => {
    const seen: string[] = [];
    const sent: string[] = [];
    const future = make({ onStdin: ({ header }) => void seen.push(header.msg_type) }, { sendInput: (value) => void sent.push(value) });
    const input = answerTo(request, "stdin", "input_request");
    future.handle(input);
    future.sendInputReply("x", input);
    assert.deepEqual([seen, sent], [["input_request"], ["x"]]);
  });

  describe("hooks", () => {
    const seen: string[] = [];
    const hook =
      (name: string, verdict: boolean | Promise<boolean> = true): MessageHook =>
      () => {
        seen.push(name);
        return verdict;
      };
    let future: KernelFuture<string>;
    beforeEach(() => {
      seen.length = 0;
      future = make({ onIOPub: ({ header }) => void seen.push(header.msg_type) });
    });

    it("40: the newest comes first, slow or not", async () => {
      for (const name of ["first", "second"]) future.registerMessageHook(hook(name));
      future.registerMessageHook(hook("slow", Promise.resolve(true)));
      future.handle(stream(request, "a"));
      await new Promise<void>((resolve) => {
        future.registerMessageHook(() => (resolve(), true));
        future.handle(stream(request, "b"));
      });
      assert.deepEqual(seen.slice(0, 4), ["slow", "second", "first", "stream"]);
    });

    it("41: false stops the rest, and done still settles", async () => {
      future.registerMessageHook(hook("first"));
      future.registerMessageHook(hook("second", false));
      future.handle(reply(request));
      future.handle(idle(request));
      await future.done;
      assert.deepEqual(seen, ["second"]);
    });

    it("41: false may come later", async () => {
      future.registerMessageHook(hook("first"));
      future.registerMessageHook(hook("second", Promise.resolve(false)));
      future.handle(reply(request));
      future.handle(idle(request));
      await future.done;
      assert.deepEqual(seen, ["second"]);
    });

    it("42: additions apply to the next message", () => {
      future.registerMessageHook(() => {
        if (seen.length === 0) future.registerMessageHook(hook("added"));
        seen.push("adding");
        return true;
      });
      future.handle(stream(request, "a"));
      assert.deepEqual(seen, ["adding", "stream"]);
      future.handle(stream(request, "b"));
      assert.deepEqual(seen.slice(2), ["added", "adding", "stream"]);
    });

    it("43: removals apply at once, even to the present message", () => {
      const first = future.registerMessageHook(hook("first"));
      future.registerMessageHook(() => {
        first.dispose();
        return true;
      });
      future.handle(stream(request, "a"));
      assert.deepEqual(seen, ["stream"]);
    });

    it("one that fails is logged and stops nobody", () => {
      future.registerMessageHook(hook("first"));
      future.registerMessageHook(() => {
        throw new Error("in the hook");
      });
      future.handle(stream(request, "a"));
      assert.deepEqual([seen, logged.length], [["first", "stream"], 1]);
    });
  });
});

describe("queue of handlers", () => {
  it("tells when it has become too long, and when no longer", async () => {
    const told: boolean[] = [];
    const gate = new Deferred<void>();
    const queue = new HandlerQueue({ log, congested: (now) => void told.push(now) });
    let calls = 0;
    queue.call(() => gate.promise, "first");
    for (let call = 0; call < 2_000; call++) queue.call(() => void (calls += 1), "more");
    assert.deepEqual([told, calls], [[true], 0]);
    gate.resolve();
    await turn();
    assert.deepEqual([told, calls, queue.length], [[true, false], 2_000, 0]);
  });

  it("counts bytes as well as calls", () => {
    const told: boolean[] = [];
    const queue = new HandlerQueue({ log, congested: (now) => void told.push(now) });
    queue.call(() => new Promise(() => undefined), "first");
    queue.call(() => undefined, "large", 50_000_000);
    queue.close();
    assert.deepEqual(told, [true, false]);
  });

  it("gives up a handler that never ends when others wait for it", async () => {
    const relieved = new Deferred<void>();
    const queue = new HandlerQueue({ log, patience: 5, congested: (now) => now || relieved.resolve() });
    queue.call(() => new Promise(() => undefined), "stuck");
    for (let call = 0; call < 2_000; call++) queue.call(() => undefined, "more");
    await relieved.promise;
    assert.match(logged.join(), /stuck does not end/);
    assert.equal(queue.length, 0);
  });

  it("does not wait for ever for its last handler", async () => {
    const queue = new HandlerQueue({ log, patience: 5 });
    queue.call(() => new Promise(() => undefined), "stuck");
    await new Promise<void>((resolve) => queue.whenDrained(resolve));
    assert.match(logged.join(), /stuck does not end/);
  });
});
