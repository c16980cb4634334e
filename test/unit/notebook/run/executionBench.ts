// A cell's run and a kernel that does what the test says: what tests of src/notebook/run/execution.ts begin with.
import assert from "node:assert/strict";
import { Deferred } from "../../../../src/base/async";
import { nullLogger } from "../../../../src/base/log";
import { DisplayIds } from "../../../../src/notebook/outputs/displayIds";
import { CellExecution } from "../../../../src/notebook/run/execution";
import { textOf } from "../../../../src/notebook/outputs/outputItem";
import type { CellOutcome, ExecuteOptions, ExecuteCallbacks, ExecutingKernel } from "../../../../src/notebook/run/run";
import type { ExecuteReply, Message } from "../../../../src/services/kernel/messages";
import { CellSink, HandClock, message, settled } from "../doubles";

export const busy = message("status", { execution_state: "busy" });
export const executeInput = (count: number): Message => message("execute_input", { code: "", execution_count: count });
export const reply = (status: ExecuteReply["status"], more: Partial<ExecuteReply> = {}): ExecuteReply => ({
  status,
  execution_count: null,
  payload: [],
  ...more,
});

/** A kernel that does what the test says. */
export class ScriptedKernel implements ExecutingKernel {
  readonly requests: ({ code: string } & ExecuteOptions)[] = [];
  done = new Deferred<ExecuteReply>();
  disposed = 0;
  #callbacks: ExecuteCallbacks | undefined;

  execute(code: string, callbacks: ExecuteCallbacks, options: ExecuteOptions): { done: Promise<ExecuteReply>; dispose(): void } {
    this.requests.push({ code, ...options });
    this.#callbacks = callbacks;
    return { done: this.done.promise, dispose: () => (this.disposed += 1) };
  }

  send(...messages: Message[]): void {
    for (const one of messages) this.#callbacks?.onMessage(one);
  }

  ask(prompt: string, answer: (value: string) => void): void {
    this.#callbacks?.onInput({ prompt, password: false }, answer);
  }

  answer(answer: ExecuteReply): void {
    this.#callbacks?.onReply(answer);
  }

  drop(): void {
    this.#callbacks?.onDropped();
  }
}

/** What a run is given, and what it does with it. */
export class ExecutionBench {
  readonly clock = new HandClock();
  readonly displayIds = new DisplayIds();
  readonly events: string[] = [];
  readonly logged: string[] = [];
  kernel = new ScriptedKernel();
  sink = new CellSink();

  host(): ConstructorParameters<typeof CellExecution>[2] {
    return {
      sink: this.sink,
      displayIds: this.displayIds,
      clock: this.clock,
      log: { ...nullLogger, warn: (text) => void this.logged.push(text), error: (text) => void this.logged.push(text) },
      onStart: (time) => void this.events.push(`start ${time}`),
      onExecutionCount: (count) => void this.events.push(`count ${count}`),
      onInput: (request, answer) => {
        this.events.push(`input ${request.prompt}`);
        answer("42");
      },
      onNextInput: ({ text, replace }) => void this.events.push(`next ${text} ${replace}`),
    };
  }

  newExecution(connect = (): Promise<ExecutingKernel> => Promise.resolve(this.kernel)): CellExecution {
    return new CellExecution({ cell: "nb#1", cellId: "abc", code: "1 + 1" }, connect, this.host());
  }

  /** A run whose request has been sent. */
  async running(): Promise<CellExecution> {
    const execution = this.newExecution();
    void execution.run();
    await settled();
    return execution;
  }

  shownError(): unknown {
    const item = this.sink.outputs.at(-1)?.items[0];
    assert.equal(item?.mime, "application/vnd.code.notebook.error");
    return JSON.parse(textOf(item));
  }
}

/** The outcome, without turning the clock. */
export async function ended(execution: CellExecution): Promise<CellOutcome> {
  let outcome: CellOutcome | undefined;
  void execution.outcome.then((value) => (outcome = value));
  await settled();
  assert.ok(outcome, "the run has not settled");
  return outcome;
}
