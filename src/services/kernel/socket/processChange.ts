// Process change: detects by the kernel's messages that its process was replaced (an automatic restart), also where nothing announced it.
import type { Message } from "../messages";

/**
 * Follows the `session` in the headers of a kernel's own messages, which differs from process to process. Ignored are status
 * messages made by the server (they carry the client's id), and kernels that repeat the session of the client that asked.
 */
export class ProcessChangeDetector {
  readonly #clientId: string;
  #session: string | undefined;

  constructor(clientId: string) {
    this.#clientId = clientId;
  }

  /** Takes a message. @returns whether it comes from another process than the previous one */
  isAnother({ channel, header: { session }, parent_header: parent }: Message): boolean {
    if (channel !== "iopub" || session === "" || session === this.#clientId || session === parent.session) return false;
    const before = this.#session;
    this.#session = session;
    return before !== undefined && before !== session;
  }

  /** The kernel is being restarted: the next process is expected. */
  forget(): void {
    this.#session = undefined;
  }
}
