// Message hooks: they see a request's iopub messages before its handler does, and may keep them from it.
import type { Disposable } from "../../../base/disposable";
import type { Logger } from "../../../base/log";
import type { Message } from "../messages";

/** Returns (or resolves with) false to keep the message from older hooks and from the handler. */
export type MessageHook = (message: Message) => boolean | Promise<boolean>;

/** The hooks of one request. The newest runs first; one that fails is logged and stops nobody. */
export class Hooks {
  readonly #log: Logger;
  readonly #hooks = new Set<{ readonly hook: MessageHook }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Adds a hook, from the next message on; disposing the result removes it at once, even for the present message. */
  add(hook: MessageHook): Disposable {
    const entry = { hook };
    this.#hooks.add(entry);
    return { dispose: () => void this.#hooks.delete(entry) };
  }

  /** Whether `message` may go on to the handler; a promise only where a hook gave one. */
  run(message: Message): boolean | Promise<boolean> {
    if (this.#hooks.size === 0) return true;
    const newestFirst = [...this.#hooks].reverse();
    const from = (index: number): boolean | Promise<boolean> => {
      for (let at = index; at < newestFirst.length; at++) {
        const entry = newestFirst[at];
        if (!entry || !this.#hooks.has(entry)) continue;
        const verdict = this.#ask(entry.hook, message);
        if (verdict instanceof Promise) return verdict.then((goOn) => goOn && from(at + 1));
        if (!verdict) return false;
      }
      return true;
    };
    return from(0);
  }

  #ask(hook: MessageHook, message: Message): boolean | Promise<boolean> {
    const failed = (error: unknown): boolean => {
      this.#log.error(`A hook for ${message.header.msg_type} failed`, error);
      return true;
    };
    try {
      const verdict = hook(message);
      return verdict instanceof Promise ? verdict.catch(failed) : verdict;
    } catch (error) {
      return failed(error);
    }
  }
}
