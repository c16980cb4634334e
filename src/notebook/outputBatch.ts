// Changes of a cell's outputs that wait to be written, reduced to what still matters.
import { Deferred } from "../base/async";
import type { CellOutput } from "./output";
import { withText } from "./outputItem";
import type { OutputChange } from "./outputModel";

/**
 * A set of changes in its shortest form: at most one clear, then for every shown output one replacement or one text,
 * then the new outputs. It grows with the outputs' content, not with the number of changes.
 */
export class OutputBatch {
  /** Resolves when all of the batch has gone to the sink. */
  readonly handedOver = new Deferred<void>();
  readonly replaced = new Map<string, CellOutput>();
  readonly texts = new Map<string, { readonly mime: string; readonly text: string }>();
  readonly appended = new Map<string, CellOutput>();
  #clears = false;

  /** Whether what was shown before has to go first. */
  get clears(): boolean {
    return this.#clears;
  }

  /** Whether there is anything to show. */
  get hasOutput(): boolean {
    return this.replaced.size > 0 || this.texts.size > 0 || this.appended.size > 0;
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
        this.appended.clear();
        break;
      case "append":
        this.appended.set(change.output.id, change.output);
        break;
      case "replace":
        if (this.appended.has(change.id)) this.appended.set(change.id, change.output);
        else if (!this.#clears) {
          this.texts.delete(change.id);
          this.replaced.set(change.id, change.output);
        }
        break;
      case "appendText":
        this.#addText(change.id, change.mime, change.text);
        break;
    }
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
}
