// Error reconciler: a cell's error is reported twice, by an error message on iopub and by the reply. It is shown once, also where
// the message was lost or comes behind the reply.
import { contentOf, errorContent, type ExecuteReply, type Message } from "../../services/kernel/messages";

/** The reports of one run's error. */
export class ErrorReconciler {
  #hasMessage = false;
  #hasOutput = false;
  #hasGap = false;
  /** A reply with an error of which no message has come. */
  #pending: ExecuteReply | undefined;
  /** The reply whose error was shown. */
  #shown: ExecuteReply | undefined;

  /** Whether an error message reports what was shown from the reply, which came first. */
  isShown(message: Message): boolean {
    return this.#shown !== undefined && contentOf(message, errorContent).evalue === this.#shown.evalue;
  }

  /** An error message is shown, or other output. */
  output(isError: boolean): void {
    this.#hasOutput = true;
    if (isError) this.#hasMessage = true;
  }

  /**
   * The run has failed.
   * @returns the reply where its error is to be shown: kernels may also fail in other ways than by an error message (IPython's
   * UsageError is printed), then there is nothing to add
   */
  failed(reply: ExecuteReply): ExecuteReply | undefined {
    if (this.#hasMessage) return undefined;
    this.#pending = reply;
    return this.#hasGap || !this.#hasOutput ? this.#take() : undefined;
  }

  /** Output may have been lost, an error's too. @returns the reply where its error is to be shown */
  missed(): ExecuteReply | undefined {
    this.#hasGap = true;
    return this.#take();
  }

  #take(): ExecuteReply | undefined {
    const reply = this.#pending;
    this.#pending = undefined;
    if (reply) this.#shown = reply;
    return reply;
  }
}
