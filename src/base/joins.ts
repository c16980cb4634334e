// Single flight: concurrent calls for the same work join the one under way, and all get its result. Servers
// answer 500 to a second restart of a kernel while the first goes on.
import { abortable } from "./async";

/** Joins calls with the same owner and key. What is asked for after the end is done anew. */
export class Joins<Owner extends object, T> {
  readonly #running = new WeakMap<Owner, Map<string, Promise<T>>>();

  /**
   * Does `work`, or joins what goes on; settles as that does.
   * @param signal whoever aborts leaves; the work goes on
   */
  run(owner: Owner, key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const running = this.#running.get(owner) ?? new Map<string, Promise<T>>();
    this.#running.set(owner, running);
    let result = running.get(key);
    if (!result) {
      result = work().finally(() => running.delete(key));
      running.set(key, result);
    }
    return abortable(result, signal);
  }
}
