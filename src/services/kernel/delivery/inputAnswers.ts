// Redelivery of answers to input requests: one that may have been lost with a broken connection is sent again after the reconnect
// (retry).
import { Breaks, largeMessage } from "./breaks";
import { payloadSize, type Message } from "../messages";

/**
 * A kernel that waits for input waits for ever if the answer is lost. An answer after which nothing has come for its
 * request is resent after the reconnect. A kernel that had it already ignores the second one: ipykernel
 * empties its stdin before it asks. A kernel asks one question at a time.
 */
export class InputAnswers {
  /** The last question's id, and the id of the request that asks it. */
  #asked: { readonly question: string; readonly request: string } | undefined;
  /** The answer, until something comes for its request. */
  #unconfirmed: Message | undefined;
  #lost = false;
  readonly #breaks = new Breaks();
  readonly #refused: (answer: Message, request: string) => void;

  /** @param refused called instead of a resend, for a large answer with which the connection breaks each time */
  constructor(refused: (answer: Message, request: string) => void = () => undefined) {
    this.#refused = refused;
  }

  /** A message goes out; of interest where it answers the last question. */
  sent(message: Message): void {
    const isAnswer = message.header.msg_type === "input_reply";
    if (isAnswer && this.#asked && this.#asked.question === message.parent_header.msg_id) this.#unconfirmed = message;
  }

  /** A message has come: the kernel asks for input, or goes on with its request. */
  received({ header, parent_header: parent }: Message): void {
    const request = parent.msg_id;
    if (request === undefined) return;
    if (this.#asked?.request === request) this.#unconfirmed = undefined;
    if (header.msg_type === "input_request") this.#asked = { question: header.msg_id, request };
  }

  /** The connection is gone, and with it perhaps the answer. @param silent by the liveness timeout, not by a close */
  lost(silent = false): void {
    const answer = this.#unconfirmed;
    // A small answer has probably arrived, and the kernel may publish nothing for long.
    const isRefused = answer !== undefined && payloadSize(answer) >= largeMessage && this.#breaks.note(answer, silent);
    this.#lost = answer !== undefined && !isRefused;
    if (!isRefused) return;
    this.#unconfirmed = undefined;
    this.#refused(answer, this.#asked?.request ?? "");
  }

  /** After a reconnect: the answer to resend, if any. */
  takeLost(): Message | undefined {
    const lost = this.#lost ? this.#unconfirmed : undefined;
    this.#lost = false;
    return lost;
  }

  /** The kernel that asked is gone. */
  clear(): void {
    this.#asked = undefined;
    this.#unconfirmed = undefined;
    this.#lost = false;
  }
}
