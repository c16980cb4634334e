// Questions to a kernel while somebody types: one at a time, for a second, and only while it is free.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { answerBound, KernelQuestions } from "../../../../src/notebook/help/kernelQuestions";
import { HandClock, settled } from "../doubles";

describe("questions to a kernel", () => {
  let clock: HandClock;
  let free: boolean;
  let sent: { name: string; answer: Deferred<string> }[];
  let questions: KernelQuestions;
  beforeEach(() => {
    clock = new HandClock();
    free = true;
    sent = [];
    questions = new KernelQuestions({ isFree: () => free, clock });
  });

  const never = new AbortController().signal;
  /** Asks, and notes what came of it: `pending` until then. */
  function ask(name: string, signal = never): { came: string | undefined } {
    const asked: { came: string | undefined } = { came: "pending" };
    const send = (): Promise<string> => {
      const answer = new Deferred<string>();
      sent.push({ name, answer });
      return answer.promise;
    };
    void questions.ask(send, signal).then((answer) => (asked.came = answer));
    return asked;
  }
  const names = (): string[] => sent.map(({ name }) => name);

  it("are answered", async () => {
    const asked = ask("a");
    sent[0]?.answer.resolve("answer");
    await settled();
    assert.equal(asked.came, "answer");
  });

  it("are not sent while the kernel has something to do", async () => {
    free = false;
    const asked = ask("a");
    await settled();
    assert.equal(asked.came, undefined);
    assert.deepEqual(sent, []);
  });

  it("wait for each other, in their order", async () => {
    const [, second, third] = [ask("a"), ask("b"), ask("c")];
    await clock.advance(100);
    assert.deepEqual(names(), ["a"]);
    sent[0]?.answer.resolve("A");
    await settled();
    assert.deepEqual(names(), ["a", "b"]);
    sent[1]?.answer.resolve("B");
    await settled();
    sent[2]?.answer.resolve("C");
    await settled();
    assert.deepEqual([second.came, third.came], ["B", "C"]);
  });

  it("that waited are not sent behind a cell that was begun meanwhile", async () => {
    const [first, second] = [ask("a"), ask("b")];
    free = false;
    sent[0]?.answer.resolve("A");
    await settled();
    assert.deepEqual([first.came, second.came], ["A", undefined]);
    assert.deepEqual(names(), ["a"]);
  });

  it("are given up after a second, waiting included", async () => {
    const first = ask("a");
    await clock.advance(answerBound / 2);
    const second = ask("b");
    await clock.advance(answerBound / 2);
    assert.deepEqual([first.came, second.came], [undefined, "pending"]);
    await clock.advance(answerBound / 2);
    assert.equal(second.came, undefined);
    assert.deepEqual(names(), ["a"]);
  });

  it("are not even kept waiting while one is overdue, and sent again when it has come back", async () => {
    ask("a");
    await clock.advance(answerBound);
    const refused = ask("b");
    await settled();
    assert.equal(refused.came, undefined);
    sent[0]?.answer.resolve("late");
    await settled();
    assert.deepEqual(names(), ["a"]);
    const asked = ask("c");
    sent[1]?.answer.resolve("C");
    await settled();
    assert.equal(asked.came, "C");
  });

  it("that nobody wants any more are not sent, and not waited for", async () => {
    const [cancelled, early] = [new AbortController(), new AbortController()];
    early.abort();
    const refused = ask("a", early.signal);
    await settled();
    assert.deepEqual([refused.came, sent], [undefined, []]);
    const [first, second] = [ask("b", cancelled.signal), ask("c", cancelled.signal)];
    cancelled.abort();
    await settled();
    assert.deepEqual([first.came, second.came], [undefined, undefined]);
    // The kernel has it still.
    ask("d");
    assert.deepEqual(names(), ["b"]);
    sent[0]?.answer.resolve("B");
    await settled();
    assert.deepEqual(names(), ["b", "d"]);
  });

  it("that fail have no answer, and the next one is sent", async () => {
    const [first, second] = [ask("a"), ask("b")];
    sent[0]?.answer.reject(new Error("lost"));
    await settled();
    sent[1]?.answer.resolve("B");
    await settled();
    assert.deepEqual([first.came, second.came], [undefined, "B"]);
  });
});
