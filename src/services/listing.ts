// Listing: a server's list of one kind of thing, with changes made here applied between answers. No race: a stale answer never wins.
import { abortable } from "../base/async";
import type { Disposable } from "../base/disposable";
import { asError, ProductError, hasCode } from "../base/errors";
import { Emitter } from "../base/event";
import type { Logger } from "../base/log";

export interface ListingOptions<T> {
  readonly initial: T;
  readonly ask: (signal: AbortSignal | undefined) => Promise<T>;
  /** Completes an answer by what is known better here. */
  readonly complete?: (answer: T) => T;
  /** An answer has become the value. */
  readonly took?: (value: T, before: T) => void;
  readonly log: Logger;
}

/** How often an answer that was overtaken by something done here is asked for anew. */
const maxAttempts = 3;

/** A value of the server's that is asked for and, between the answers, changed by what was done here. */
export class Listing<T> implements Disposable {
  readonly #options: ListingOptions<T>;
  readonly #changed: Emitter<T>;
  readonly #failed: Emitter<Error>;
  #value: T;
  #ready = false;
  #disposed = false;
  #first: Promise<T> | undefined;
  /** Numbers the questions; an answer to an earlier one than that of the value is out of date. */
  #asked = 0;
  #answered = 0;
  /** Counts what was done here; an answer that was asked for before the last of it may not know of it. */
  #facts = 0;

  constructor(options: ListingOptions<T>) {
    this.#options = options;
    this.#value = options.initial;
    this.#changed = new Emitter(options.log);
    this.#failed = new Emitter(options.log);
  }

  get value(): T {
    return this.#value;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get onDidChange() {
    return this.#changed.event;
  }

  /** Fired when the server could not be asked; not where the caller gave up. */
  get onDidFail() {
    return this.#failed.event;
  }

  /** Asks the server and returns what holds then. @throws ProductError, and then keeps what it had. */
  async refresh(signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const [question, facts] = [++this.#asked, this.#facts];
      const answer = await this.#ask(signal);
      if (this.#disposed) throw new ProductError("disposed", "The services of this server were closed.");
      if (facts !== this.#facts) continue;
      if (question > this.#answered) {
        this.#answered = question;
        this.#take(answer);
      }
      break;
    }
    return this.#value;
  }

  /** Resolves when an answer has come; asks where nobody has. Whoever waits shares that question. */
  async ready(signal?: AbortSignal): Promise<void> {
    if (this.#ready) return;
    this.#first ??= this.refresh().finally(() => (this.#first = undefined));
    await abortable(this.#first, signal);
  }

  /** Something was done here that the server answered for: newer than what is being asked for now. */
  update(change: (value: T) => T): void {
    this.#facts++;
    this.#set(change(this.#value));
  }

  /** Something was heard that the server's answers may know as well. */
  annotate(change: (value: T) => T): void {
    this.#set(change(this.#value));
  }

  dispose(): void {
    this.#disposed = true;
    this.#changed.dispose();
    this.#failed.dispose();
  }

  async #ask(signal: AbortSignal | undefined): Promise<T> {
    try {
      return await this.#options.ask(signal);
    } catch (error) {
      if (!hasCode(error, "aborted")) this.#failed.fire(asError(error));
      throw error;
    }
  }

  #take(answer: T): void {
    this.#ready = true;
    const before = this.#value;
    this.#set(this.#options.complete?.(answer) ?? answer);
    this.#options.took?.(this.#value, before);
  }

  #set(value: T): void {
    const changed = JSON.stringify(value) !== JSON.stringify(this.#value);
    this.#value = value;
    if (changed) this.#changed.fire(value);
  }
}
