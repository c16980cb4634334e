// Tests of one describe that do not touch each other's things: they begin together, a few at a time, and each is reported as its own.
import { Deferred } from "../../src/base/async";

/**
 * Call inside `describe`. The bodies given to the result begin before the first test, in their order; a test that is
 * declared by mocha's own `it` behind them runs when they have ended.
 * @param lanes how many run at a time
 * @returns what declares a test in the place of `it`; `timeout` in milliseconds, by default the describe's
 */
export function together(lanes: number): (title: string, body: () => Promise<void>, timeout?: number) => void {
  const waiting: (() => Promise<void>)[] = [];
  const lane = async (): Promise<void> => {
    for (let next; (next = waiting.shift());) await next();
  };
  before(() => {
    for (let count = 0; count < lanes; count++) void lane();
  });
  return (title, body, timeout) => {
    const result = new Deferred<undefined>();
    waiting.push(async () => {
      await body().then(
        () => result.resolve(undefined),
        (reason: unknown) => result.reject(reason instanceof Error ? reason : new Error(String(reason))),
      );
    });
    const test = it(title, () => result.promise);
    if (timeout !== undefined) test.timeout(timeout);
  };
}
