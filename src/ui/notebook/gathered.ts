// Beginnings and ends of cells, told to VS Code in their order and several at a time: it draws after each, and two hundred
// short cells are through sooner than it has drawn them one by one.
import type { Disposable } from "../../base/disposable";
import { messageOf } from "../../base/errors";
import type { Logger } from "../../base/log";

/** Milliseconds for which one may wait: less than anybody sees. */
const gathering = 50;

/** Calls that are made in their order, soon. One that throws is logged, and the next is made all the same. */
export class Gathered implements Disposable {
  readonly #log: Logger;
  #calls: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(call: () => void): void {
    this.#calls.push(call);
    this.#timer ??= setTimeout(() => this.flush(), gathering);
  }

  /** Makes all that wait now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const call of this.#calls.splice(0)) {
      try {
        call();
      } catch (error) {
        this.#log.warn(`VS Code could not be told of a cell: ${messageOf(error)}`, error);
      }
    }
  }

  dispose(): void {
    this.flush();
  }
}
