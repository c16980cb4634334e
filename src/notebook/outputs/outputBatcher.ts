// Output batcher: writes changes of a cell's outputs, the first at once, then a few times a second (throttled).
import type { Disposable } from "../../base/disposable";
import { nullLogger, type Logger } from "../../base/log";
import { systemClock, type Clock } from "../../base/clock";
import { textItem } from "./outputItem";
import { OutputBatch } from "./outputBatch";
import type { CellOutput } from "./output";
import type { OutputChange, Unshown } from "./outputModel";

/**
 * Where a cell's outputs are shown. What is asked for is done in the order of the calls, also where a call comes before
 * the last has settled. Calls may also come after the run has ended, when a display id of the cell is updated.
 */
export interface OutputSink {
  /** Removes all outputs. */
  clear(): Promise<void>;
  /** Adds outputs behind the present ones, of which those with the ids `removed` go. */
  append(outputs: readonly CellOutput[], removed?: readonly string[]): Promise<void>;
  /** Puts each of `outputs` in place of the one with its id. */
  replace(outputs: readonly CellOutput[]): Promise<void>;
  /** Adds `text` to the item of type `mime` of the stream output `id`. */
  appendText(id: string, mime: string, text: string): Promise<void>;
  /** Puts `outputs` in place of all there are, in one step, so that an animation does not flicker; without it clear and append. */
  replaceAll?(outputs: readonly CellOutput[]): Promise<void>;
  /** At least this many milliseconds from the start of one write to the start of the next, where that is more than usual. */
  readonly interval?: number;
}

export interface OutputBatcherOptions {
  /** At least this many milliseconds from the start of one write to the start of the next. */
  readonly interval?: number;
  /** Told of each time that something waits to be written. */
  readonly onUnwritten?: (() => void) | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * Takes changes as they come and writes them in order, one write of output in flight, throttled. Changes that arrive in between are
 * merged, so that a flood costs as many writes as a trickle. A write that fails is logged; what comes later is still written.
 */
export class OutputBatcher implements Disposable {
  readonly #sink: OutputSink;
  readonly #interval: number;
  readonly #onUnwritten: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Outputs that are not in the cell, since their append failed or somebody has removed them: what changes them is appended. */
  readonly #missing = new Set<string>();
  #waiting = new OutputBatch();
  #writing: OutputBatch | undefined;
  #timer: Disposable | undefined;
  #notBefore = 0;
  #urgent = false;
  #disposed = false;

  constructor(sink: OutputSink, { interval = 100, onUnwritten, clock = systemClock, log = nullLogger }: OutputBatcherOptions = {}) {
    this.#sink = sink;
    this.#interval = interval;
    this.#onUnwritten = onUnwritten;
    this.#clock = clock;
    this.#log = log;
  }

  /** Takes changes, in order; does nothing after disposal. */
  add(changes: readonly OutputChange[]): void {
    if (this.#disposed) return;
    for (const change of changes) this.#waiting.add(change);
    this.#onUnwritten?.();
    this.#schedule();
  }

  /** Writes pending changes without delay; resolves when all changes so far were handed to the sink, which may still be writing. */
  flush(): Promise<void> {
    const last = this.#waiting;
    if (last.isEmpty || this.#disposed) return Promise.resolve();
    this.#urgent = true;
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#schedule();
    return last.handedOver.promise;
  }

  /** Resolves when all that was given so far is written; never rejects. */
  async written(): Promise<void> {
    const [writing, waiting] = [this.#writing, this.#waiting];
    await this.flush();
    await Promise.all([writing?.written.promise, waiting.isEmpty ? undefined : waiting.written.promise]);
  }

  /**
   * Somebody has removed output `id` from the cell: what changes it later is appended.
   * @returns its content that had come and was not shown; that is not written any more
   */
  vanished(id: string): Unshown {
    const [writing, waiting] = [this.#writing?.unshown(id), this.#waiting.unshown(id)];
    this.#waiting.drop(id);
    this.#missing.add(id);
    const raw = waiting.raw && writing?.raw ? { ...waiting.raw, text: writing.raw.text + waiting.raw.text } : (waiting.raw ?? writing?.raw);
    return { raw, output: waiting.output ?? writing?.output };
  }

  /** Shows outputs before all that waits to be shown. */
  addFirst(outputs: readonly CellOutput[]): void {
    // Output from before a clear is not shown any more.
    if (this.#disposed || outputs.length === 0 || this.#waiting.clears) return;
    this.#waiting.addFirst(outputs);
    this.#onUnwritten?.();
    this.#schedule();
  }

  /** Drops pending changes. */
  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#waiting.handedOver.resolve();
    this.#waiting.written.resolve();
    this.#waiting = new OutputBatch();
  }

  #schedule(): void {
    if (this.#writing || this.#timer || this.#waiting.isEmpty) return;
    const pause = this.#urgent ? 0 : this.#notBefore - this.#clock.now();
    if (pause <= 0) {
      void this.#writeNext();
      return;
    }
    this.#timer = this.#clock.after(pause, () => {
      this.#timer = undefined;
      void this.#writeNext();
    });
  }

  async #writeNext(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = new OutputBatch();
    this.#urgent = false;
    const started = this.#clock.now();
    const written = this.#write(batch).finally(() => batch.written.resolve());
    batch.handedOver.resolve();
    // A mere clear does not hold up the output behind it.
    if (!batch.hasOutput) return;
    this.#writing = batch;
    await written;
    const ended = this.#clock.now();
    // A slow write rests as long as it took, up to a second.
    this.#notBefore = Math.max(started + Math.max(this.#interval, this.#sink.interval ?? 0), ended + Math.min(ended - started, 1000));
    this.#writing = undefined;
    this.#schedule();
  }

  /** Makes all calls of a batch at once: VS Code then takes them as one message. Never rejects. */
  async #write(batch: OutputBatch): Promise<void> {
    const appended = [...batch.appended.values()];
    if (batch.clears) {
      this.#missing.clear();
      await this.#tryAdding(appended, () => this.#startAnew(appended));
      return;
    }
    const calls: Promise<unknown>[] = [];
    const anew = new Map<string, CellOutput>();
    const replaced: CellOutput[] = [];
    for (const output of batch.replaced.values()) {
      if (this.#missing.has(output.id)) anew.set(output.id, output);
      else replaced.push(output);
    }
    if (replaced.length > 0) calls.push(this.#try(() => this.#sink.replace(replaced)));
    for (const [id, { mime, text }] of batch.texts) {
      if (this.#missing.has(id)) anew.set(id, { id, items: [textItem(mime, text)], metadata: { outputType: "stream" } });
      else calls.push(this.#try(() => this.#sink.appendText(id, mime, text)));
    }
    // In the order in which they were in the cell, or were to be.
    if (anew.size > 0) appended.unshift(...[...this.#missing].flatMap((id) => anew.get(id) ?? []));
    const removed = [...batch.removed];
    if (removed.length > 0) calls.push(this.#tryAdding(appended, () => this.#sink.append(appended, removed)));
    else if (appended.length > 0) calls.push(this.#tryAdding(appended, () => this.#sink.append(appended)));
    await Promise.all(calls);
  }

  async #startAnew(outputs: readonly CellOutput[]): Promise<void> {
    if (outputs.length > 0 && this.#sink.replaceAll) return this.#sink.replaceAll(outputs);
    const cleared = this.#try(() => this.#sink.clear());
    if (outputs.length > 0) await this.#sink.append(outputs);
    await cleared;
  }

  async #tryAdding(outputs: readonly CellOutput[], write: () => Promise<void>): Promise<void> {
    const added = await this.#try(write);
    for (const { id } of outputs) {
      if (added) this.#missing.delete(id);
      else this.#missing.add(id);
    }
  }

  async #try(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      this.#log.error("Output of a cell could not be shown", error);
      return false;
    }
  }
}
