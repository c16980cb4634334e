// The outputs that one run has put into its cell, and the edits that change them.
import * as vscode from "vscode";
import type { CellOutput } from "../../../notebook/outputs/output";
import { anew, changed as withChange, isFirstDrawn, type Change } from "./firstDrawing";
import { OutputWatch } from "./outputWatch";

/** An edit, called when its turn comes; later ones may have been made before it. */
export type Edit = (execution: vscode.NotebookCellExecution) => Thenable<void>;

/**
 * Makes edits of a cell's outputs. VS Code has reported the effect of all earlier ones: the caller waits for each
 * edit to settle, except for those of one write, of which each concerns other outputs.
 */
export class ShownOutputs {
  readonly #cell: vscode.NotebookCell;
  readonly #watch: OutputWatch;
  /** By the id that the notebook model gives them, in the order they are shown. They are the last ones of the cell. */
  readonly #outputs = new Map<string, vscode.NotebookCellOutput>();
  /** Changes of them under way. */
  readonly #changing = new Map<string, Change>();
  /** A replacement of outputs is under way: it keeps what VS Code had reported until then. */
  #rearranging: Promise<void> | undefined;
  /** Settles when no edit waits for another one before it is passed on to VS Code. */
  #passedOn: Promise<unknown> | undefined;
  /** Outputs that were changed since they were added. */
  readonly #changed = new WeakSet<vscode.NotebookCellOutput>();

  constructor(cell: vscode.NotebookCell) {
    this.#cell = cell;
    this.#watch = OutputWatch.of(cell);
  }

  get size(): number {
    return this.#outputs.size;
  }

  /** Settles when VS Code has all edits that were called so far; undefined where it has them. It takes none of an execution that has ended. */
  get passedOn(): Promise<unknown> | undefined {
    return this.#passedOn;
  }

  /** Called with outputs of ours that are still there, or soon will be, when others have changed the cell's outputs. */
  set onForeignChange(call: (coming: ReadonlySet<string>) => void) {
    this.#watch.onForeignChange = call;
  }

  /** The cell has none of them any more, but for those that are on their way. @returns the ids of those that are gone */
  lose(coming: ReadonlySet<string>): string[] {
    const ids = [...this.#outputs.keys()].filter((id) => !coming.has(id));
    for (const id of ids) this.#outputs.delete(id);
    return ids;
  }

  /** The edits from now on follow a clear. */
  forget(): void {
    this.#outputs.clear();
  }

  /** Removes all outputs of the cell. */
  clear(): Edit {
    return (execution) => this.#watch.replacing([], 0, () => execution.clearOutput());
  }

  /** Adds outputs behind the present ones, of which those with the ids `removed` go. */
  append(outputs: readonly CellOutput[], removed: readonly string[] = []): Edit {
    return (execution) => {
      const present = this.#isDrawnBadly(outputs, removed) ? this.#anew(removed) : undefined;
      const rearranged =
        removed.length === 0 || present ? undefined : this.#rearrange(execution, new Map(removed.map((id) => [id, undefined])));
      const created = this.#create(outputs);
      if (present) return this.#startAnew(execution, [...present, ...created]);
      if (created.length === 0) return rearranged ?? Promise.resolve();
      const ids = outputs.map(({ id }) => id);
      const add = (): Promise<void> => this.#watch.adding(ids, created.length, () => execution.appendOutput(created));
      // VS Code reports text twice that is added behind outputs, but together with them.
      const added = this.#passedOn ? this.#after(this.#passedOn, add) : add();
      return rearranged ? afterAll([rearranged], added) : added;
    };
  }

  /** Puts `outputs` in place of all there are. */
  replaceAll(outputs: readonly CellOutput[]): Edit {
    return (execution) => {
      const created = this.#create(outputs);
      return this.#watch.replacing(
        outputs.map(({ id }) => id),
        created.length,
        () => execution.replaceOutput(created),
      );
    };
  }

  /** Puts each of `outputs` in place of the one with its id, where that is there. */
  replace(outputs: readonly CellOutput[]): Edit[] {
    const edits: Edit[] = [];
    const changed = new Map<string, CellOutput>();
    for (const output of outputs) {
      const shown = this.#outputs.get(output.id);
      if (!shown) continue;
      if (sameMetadata(shown.metadata, output.metadata)) {
        const items = itemsOf(output);
        edits.push(this.#change(output.id, { items, adds: false }, (execution) => execution.replaceOutputItems(items, shown)));
      } else changed.set(output.id, output);
    }
    // Metadata of an output (an image's size) can only be changed with the output itself.
    if (changed.size > 0) edits.push((execution) => this.#rearrange(execution, changed));
    return edits;
  }

  /** Adds `text` to the item of type `mime` of a stream output; undefined where that is not there. */
  appendText(id: string, mime: string, text: string): Edit | undefined {
    const shown = this.#outputs.get(id);
    if (!shown) return undefined;
    const item = vscode.NotebookCellOutputItem.text(text, mime);
    return this.#change(id, { items: [item], adds: true }, (execution) => execution.appendOutputItems(item, shown));
  }

  #create(outputs: readonly CellOutput[]): vscode.NotebookCellOutput[] {
    return outputs.map((output) => {
      const created = new vscode.NotebookCellOutput(itemsOf(output), { ...output.metadata });
      this.#outputs.set(output.id, created);
      return created;
    });
  }

  #change(id: string, change: Change, edit: Edit): Edit {
    return (execution) => {
      const shown = this.#outputs.get(id);
      if (shown) this.#changed.add(shown);
      return this.#whileChanging([[id, change]], () => {
        // VS Code reports text twice that is added together with an output's replacement.
        const before = this.#rearranging ?? (isFirstDrawn(this.#cell.notebook) ? Promise.resolve() : undefined);
        // The next call may put all outputs there anew, this change among them. VS Code would remove one that it still draws too late.
        return before ? this.#after(before, () => (this.#outputs.get(id) === shown ? edit(execution) : undefined)) : edit(execution);
      });
    };
  }

  /** Calls `edit` when `before` has settled; settles as that. */
  async #after(before: Promise<unknown>, edit: () => Thenable<void> | undefined): Promise<void> {
    const call = (): { readonly edited: Thenable<void> | undefined } => ({ edited: edit() });
    const called = before.then(call, call);
    const passedOn = Promise.allSettled([this.#passedOn, called]).then(() => {
      if (this.#passedOn === passedOn) this.#passedOn = undefined;
    });
    this.#passedOn = passedOn;
    const { edited } = await called;
    await edited;
  }

  async #whileChanging(changes: readonly (readonly [string, Change])[], edit: () => Thenable<void>): Promise<void> {
    for (const [id, change] of changes) this.#changing.set(id, change);
    try {
      await edit();
    } finally {
      for (const [id, change] of changes) if (this.#changing.get(id) === change) this.#changing.delete(id);
    }
  }

  /** How many outputs of the cell are not ours; undefined where somebody has removed some of ours just now. */
  get #others(): number | undefined {
    const others = this.#cell.outputs.length - this.#outputs.size;
    return others < 0 ? undefined : others;
  }

  /**
   * Whether VS Code would not draw what there is then: streams that follow each other are one to it. So it does not draw
   * `added` behind a stream that has grown, as long as it loads what draws them; and of one that is removed it leaves the text.
   */
  #isDrawnBadly(added: readonly CellOutput[], removed: readonly string[]): boolean {
    if (removed.some((id) => isStream(this.#outputs.get(id)))) return true;
    if (!isFirstDrawn(this.#cell.notebook) || !isStream(added[0])) return false;
    const last = [...this.#outputs.values()].at(-1);
    return last !== undefined && isStream(last) && this.#changed.has(last);
  }

  /** The outputs of the cell but for `removed`, as new ones; undefined where that costs too much. */
  #anew(removed: readonly string[]): vscode.NotebookCellOutput[] | undefined {
    const others = this.#others;
    if (others === undefined) return undefined;
    const ids = [...this.#outputs.keys()];
    const outputs = anew(this.#cell.outputs, (index) => this.#changing.get(ids[index - others] ?? ""));
    if (!outputs) return undefined;
    for (const [index, id] of ids.entries()) {
      const output = outputs[others + index];
      if (removed.includes(id)) this.#outputs.delete(id);
      else if (output) this.#outputs.set(id, output);
    }
    return outputs.filter((_, index) => !removed.includes(ids[index - others] ?? ""));
  }

  #startAnew(execution: vscode.NotebookCellExecution, outputs: vscode.NotebookCellOutput[]): Promise<void> {
    const [gone] = this.#cell.outputs;
    const cleared = this.#watch.replacing([], 0, () => execution.clearOutput());
    if (outputs.length === 0) return cleared;
    // VS Code makes one edit of a clear and an append behind it, and keeps the outputs that are equal. So there is another between.
    const between = gone ? execution.appendOutputItems([], gone) : Promise.resolve();
    return afterAll(
      [cleared, between],
      this.#watch.adding([...this.#outputs.keys()], outputs.length, () => execution.appendOutput(outputs)),
    );
  }

  /** Puts other outputs in the place of some, or nothing; the rest is left as VS Code has it, with the text that was added. */
  #rearrange(execution: vscode.NotebookCellExecution, changes: ReadonlyMap<string, CellOutput | undefined>): Promise<void> {
    const present = this.#cell.outputs;
    const others = this.#others;
    if (others === undefined) return Promise.resolve();
    const arranged = present.slice(0, others);
    const emptied: Thenable<void>[] = [];
    const changing: [string, Change][] = [];
    for (const [index, [id, shown]] of [...this.#outputs].entries()) {
      const output = changes.get(id);
      const kept = present[others + index];
      if (output) {
        // VS Code compares several outputs by their items only, so that these have to differ for a moment.
        const empty = output.items.map(({ mime }) => new vscode.NotebookCellOutputItem(new Uint8Array(), mime));
        if (present.length > 1) emptied.push(execution.replaceOutputItems(empty, shown));
        arranged.push(...this.#create([output]));
        changing.push([id, { items: itemsOf(output), adds: false, metadata: output.metadata }]);
      } else if (changes.has(id)) this.#outputs.delete(id);
      else if (kept) {
        const change = this.#changing.get(id);
        const now = change ? withChange(kept, change) : kept;
        if (change) this.#outputs.set(id, now);
        arranged.push(now);
      }
    }
    const write = (): Promise<void> => this.#watch.replacing([...changes.keys()], arranged.length, () => execution.replaceOutput(arranged));
    const done = this.#whileChanging(changing, () => afterAll(emptied, write())).finally(() => {
      if (this.#rearranging === done) this.#rearranging = undefined;
    });
    return (this.#rearranging = done);
  }
}

function itemsOf(output: CellOutput): vscode.NotebookCellOutputItem[] {
  return output.items.map(({ data, mime }) => new vscode.NotebookCellOutputItem(data, mime));
}

function isStream(output: { readonly metadata?: Readonly<Record<string, unknown>> } | undefined): boolean {
  return output?.metadata?.["outputType"] === "stream";
}

/** Settles when all have, which were asked for in this order. */
async function afterAll(first: readonly Thenable<void>[], last: Promise<void>): Promise<void> {
  await Promise.all([...first, last]);
}

function sameMetadata(shown: unknown, wanted: unknown): boolean {
  return JSON.stringify(shown) === JSON.stringify(wanted);
}
