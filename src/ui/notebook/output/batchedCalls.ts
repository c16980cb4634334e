// Batched calls: beginnings and ends of cells, reported to VS Code in order and several at a time (throttled). It draws after each,
// and two hundred short cells are done sooner than it has drawn them one by one.
import type { Disposable } from "../../../base/disposable";
import { messageOf } from "../../../base/errors";
import type { Logger } from "../../../base/log";
import { Throttle } from "../../../base/throttle";

/** Milliseconds that calls are gathered at most; too short to be noticed. */
const gathering = 50;

/** Makes calls in order, soon, and in batches. One that throws is logged, and the next is made all the same. */
export class BatchedCalls implements Disposable {
  readonly #log: Logger;
  #calls: (() => void)[] = [];
  readonly #telling = new Throttle(() => this.#tell(), gathering);

  constructor(log: Logger) {
    this.#log = log;
  }

  add(call: () => void): void {
    this.#calls.push(call);
    this.#telling.ask();
  }

  /** Makes all that wait now. */
  flush(): void {
    this.#telling.now();
  }

  dispose(): void {
    this.flush();
  }

  #tell(): void {
    for (const call of this.#calls.splice(0)) {
      try {
        call();
      } catch (error) {
        this.#log.warn(`VS Code could not be told of a cell: ${messageOf(error)}`, error);
      }
    }
  }
}
