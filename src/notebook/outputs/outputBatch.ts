// A batch: changes of a cell's outputs that wait to be written, merged to what still matters.
import { Deferred } from "../../base/async";
import type { CellOutput } from "./output";
import { withText } from "./outputItem";
import type { OutputChange, Unshown } from "./outputModel";

/**
 * A set of changes in its shortest form: at most one clear, then for every shown output one replacement, one text or its
 * removal, then the new outputs. It grows with the outputs' content, not with the number of changes.
 */
export class OutputBatch {
  /** Resolves when all of the batch has gone to the sink. */
  readonly handedOver = new Deferred<void>();
  /** Resolves when the sink is done with it. */
  readonly written = new Deferred<void>();
  readonly replaced = new Map<string, CellOutput>();
  readonly texts = new Map<string, { readonly mime: string; readonly text: string }>();
  readonly removed = new Set<string>();
  readonly appended = new Map<string, CellOutput>();
  /** For streams that were shown before: the raw text that has come for them since. */
  readonly #raw = new Map<string, { readonly mime: string; readonly text: string }>();
  #clears = false;

  /** Whether what was shown before has to go first. */
  get clears(): boolean {
    return this.#clears;
  }

  /** Whether there is anything to show. */
  get hasOutput(): boolean {
    return this.replaced.size > 0 || this.texts.size > 0 || this.removed.size > 0 || this.appended.size > 0;
  }

  get isEmpty(): boolean {
    return !this.#clears && !this.hasOutput;
  }

  add(change: OutputChange): void {
    switch (change.kind) {
      case "clear":
        this.#clears = true;
        this.replaced.clear();
        this.texts.clear();
        this.removed.clear();
        this.appended.clear();
        this.#raw.clear();
        break;
      case "append":
        this.appended.set(change.output.id, change.output);
        break;
      case "replace":
        if (this.appended.has(change.id)) this.appended.set(change.id, change.output);
        else if (!this.#clears) {
          this.texts.delete(change.id);
          this.replaced.set(change.id, change.output);
          if (change.raw !== undefined) this.#addRaw(change.id, change.output.items[0]?.mime ?? "", change.raw);
        }
        break;
      case "appendText":
        this.#addText(change.id, change.mime, change.text);
        if (!this.appended.has(change.id)) this.#addRaw(change.id, change.mime, change.raw ?? change.text);
        break;
      case "remove":
        for (const id of change.ids) {
          this.drop(id);
          if (!this.appended.delete(id) && !this.#clears) this.removed.add(id);
        }
        break;
    }
  }

  /** Adds outputs before those that it has: what they show came earlier. */
  addFirst(outputs: readonly CellOutput[]): void {
    const rest = [...this.appended];
    this.appended.clear();
    for (const output of outputs) this.appended.set(output.id, output);
    for (const [id, output] of rest) this.appended.set(id, output);
  }

  /** The pending change of output `id`, which was shown before. */
  unshown(id: string): Unshown {
    return { raw: this.#raw.get(id), output: this.replaced.get(id) };
  }

  /** Leaves out what changes output `id`, which was shown before. */
  drop(id: string): void {
    this.texts.delete(id);
    this.replaced.delete(id);
    this.removed.delete(id);
    this.#raw.delete(id);
  }

  #addText(id: string, mime: string, text: string): void {
    const waiting = this.appended.has(id) ? this.appended : this.replaced;
    const output = waiting.get(id);
    if (output) {
      waiting.set(id, { ...output, items: output.items.map((item) => (item.mime === mime ? withText(item, text) : item)) });
    } else if (!this.#clears) {
      this.texts.set(id, { mime, text: (this.texts.get(id)?.text ?? "") + text });
    }
  }

  #addRaw(id: string, mime: string, raw: string): void {
    if (!this.#clears) this.#raw.set(id, { mime, text: (this.#raw.get(id)?.text ?? "") + raw });
  }
}
