// Which process of the kernel its messages come from: one that is replaced without a word is noticed all the same.
import type { Message } from "../messages";

/**
 * Follows the `session` in the headers of a kernel's own messages, which is another for each process. Left out are the
 * status messages that the server makes up (they carry the client's id) and kernels that repeat the session of whoever
 * asked.
 */
export class KernelProcess {
  readonly #clientId: string;
  #session: string | undefined;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  /** Takes a message; whether it comes from another process than the one before. */
  isAnother({ channel, header: { session }, parent_header: parent }: Message): boolean {
    if (channel !== "iopub" || session === "" || session === this.#clientId || session === parent.session) return false;
    const before = this.#session;
    this.#session = session;
    return before !== undefined && before !== session;
  }

  /** The kernel is being restarted: the next process is no surprise. */
  forget(): void {
    this.#session = undefined;
  }
}
