// Beginnings and ends of cells, told to VS Code in their order and several at a time: it draws after each, and two hundred
// short cells are through sooner than it has drawn them one by one.
import type { Disposable } from "../../../base/disposable";
import { messageOf } from "../../../base/errors";
import type { Logger } from "../../../base/log";
import { Throttle } from "../../../base/throttle";

/** Milliseconds for which one may wait while others do: less than anybody minds. */
const gathering = 50;

/** Calls that are made in their order, soon. One that throws is logged, and the next is made all the same. */
export class Gathered implements Disposable {
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
