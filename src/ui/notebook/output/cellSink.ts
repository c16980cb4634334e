// Outputs of one cell's run written to VS Code: OutputSink on a NotebookCellExecution.
import type * as vscode from "vscode";
import { Deferred, SerialQueue } from "../../../base/async";
import type { CellOutput } from "../../../notebook/outputs/output";
import type { OutputSink } from "../../../notebook/outputs/outputBatcher";
import { hintAtUndrawn } from "./drawingHints";
import type { Gathered } from "./gathered";
import { endExecution, showLate, type Ended } from "./lateOutput";
import { ShownOutputs, type Edit } from "./shownOutputs";

/** Milliseconds that a cell has to run before it is shown as running: VS Code then turns a wheel for half a second at least. */
const beginningAfter = 100;

/**
 * Milliseconds from one showing of late output to the next: it is an execution to VS Code, which shows the cell as running
 * meanwhile, without its number, and does not run it.
 */
const lateInterval = 1_000;

/** The last one of each cell. */
const sinks = new WeakMap<vscode.NotebookCell, CellSink>();

/** What is being written to cells, by their notebook. */
const writes = new WeakMap<vscode.NotebookDocument, Set<Promise<unknown>>>();

/** Resolves when what is being written to cells of `notebook` is written: a save then has all of it. */
export async function outputsWritten(notebook: vscode.NotebookDocument): Promise<void> {
  await Promise.allSettled([...(writes.get(notebook) ?? [])]);
}

/** Writes to `execution` while it lasts, and by a short execution of its own when an update comes after its end. */
export class CellSink implements OutputSink {
  readonly #controller: vscode.NotebookController;
  readonly #execution: vscode.NotebookCellExecution;
  readonly #gathered: Gathered;
  readonly #shown: ShownOutputs;
  /** Called with the outputs that somebody has removed, or put others in the place of. */
  onVanished: (ids: readonly string[]) => void = () => undefined;
  /** What VS Code is to be told of the run's beginning, when that is worth it: a short cell begins and ends at once. */
  #beginning: (() => void)[] = [];
  #waiting: NodeJS.Timeout | undefined;
  /** Of the cell's run before this one, until its outputs are removed. */
  #before: CellSink | undefined;
  #ended: Ended | undefined;
  /** Whether it has begun, or ended without: until then, what still comes for the run before waits. */
  readonly #hasBegun = new Deferred<boolean>();
  #first: Promise<unknown> | undefined;
  /** The end, and then what is written after it: VS Code has one execution of a cell at a time. */
  readonly #afterwards = new SerialQueue();

  /** @param gathered beginnings and ends of the notebook's cells go through that */
  constructor(controller: vscode.NotebookController, execution: vscode.NotebookCellExecution, gathered: Gathered) {
    this.#controller = controller;
    this.#execution = execution;
    this.#gathered = gathered;
    const before = sinks.get(execution.cell);
    this.#before = before && before.#wasVoid ? before.#before : before;
    sinks.set(execution.cell, this);
    this.#shown = new ShownOutputs(execution.cell);
    this.#shown.onForeignChange = (coming) => {
      for (let sink = sinks.get(execution.cell); sink; sink = sink.#before) sink.#lose(coming);
    };
  }

  get interval(): number {
    return this.#ended ? lateInterval : 0;
  }

  /** The kernel has begun, at `startTime` in milliseconds since the epoch. */
  begin(startTime: number): void {
    this.#hasBegun.resolve(true);
    this.#beginning.push(() => this.#execution.start(startTime));
    this.#waiting = setTimeout(() => {
      this.#gathered.add(() => this.#tellBeginning());
      this.#gathered.flush();
    }, beginningAfter);
  }

  /** The kernel has said which number the run has. */
  number(order: number): void {
    this.#beginning.push(() => (this.#execution.executionOrder = order));
    if (this.#waiting === undefined) this.#tellBeginning();
  }

  /**
   * Has the end wait for `writing`: VS Code takes away the number of a cell where it sees after it that the text was changed,
   * or the last output removed.
   */
  endsAfter(writing: Promise<unknown>): void {
    this.#first = Promise.allSettled([this.#first, writing]);
  }

  /**
   * Ends the execution; later writes are updates of what is shown. Resolves when VS Code has been told.
   * @param now it is told at once
   */
  end(ended: Ended, now: boolean): Promise<void> {
    this.#ended = ended;
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        this.#gathered.add(() => {
          this.#tellBeginning();
          const over = this.#first ? this.#first.then(() => endExecution(this.#execution, ended)) : endExecution(this.#execution, ended);
          resolve(over.finally(() => this.#leave()));
        });
        if (now) this.#gathered.flush();
      });
    return this.#afterwards.run(close);
  }

  async clear(): Promise<void> {
    const mayHave = this.#execution.cell.outputs.length > 0 || this.hasOutputs;
    this.#before = undefined;
    this.#shown.forget();
    // VS Code takes 10 ms and more for an edit, also for one of nothing.
    if (mayHave) await this.#write(this.#shown.clear());
  }

  async append(outputs: readonly CellOutput[], removed?: readonly string[]): Promise<void> {
    hintAtUndrawn(this.#execution.cell.notebook, outputs);
    await this.#write(this.#shown.append(outputs, removed));
  }

  async replace(outputs: readonly CellOutput[]): Promise<void> {
    await Promise.all(this.#shown.replace(outputs).map((edit) => this.#write(edit)));
  }

  async replaceAll(outputs: readonly CellOutput[]): Promise<void> {
    this.#before = undefined;
    this.#shown.forget();
    hintAtUndrawn(this.#execution.cell.notebook, outputs);
    await this.#write(this.#shown.replaceAll(outputs));
  }

  async appendText(id: string, mime: string, text: string): Promise<void> {
    const edit = this.#shown.appendText(id, mime, text);
    if (edit) await this.#write(edit);
  }

  /** Whether it has put outputs into its cell, or left what was there; VS Code tells of them a moment later. */
  get hasOutputs(): boolean {
    return this.#shown.size > 0 || (this.#before?.hasOutputs ?? false);
  }

  #lose(coming: ReadonlySet<string>): void {
    const ids = this.#shown.lose(coming);
    if (ids.length > 0) this.onVanished(ids);
  }

  #tellBeginning(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    for (const tell of this.#beginning.splice(0)) tell();
  }

  async #write(edit: Edit): Promise<void> {
    if (!this.#ended) {
      // VS Code takes outputs only of what it knows to have begun.
      this.#tellBeginning();
      const writing = Promise.resolve(edit(this.#execution));
      if (!this.hasOutputs) this.endsAfter(writing);
      await this.#noted(writing);
      return;
    }
    // Whether it was written, or the cell was run again before its turn.
    let written = false;
    while (!written && (await this.#isWanted())) written = await this.#noted(this.#afterwards.run(() => this.#update(edit)));
  }

  /** A save waits for `writing`. */
  async #noted<T>(writing: Promise<T>): Promise<T> {
    const { notebook } = this.#execution.cell;
    const ofNotebook = writes.get(notebook) ?? new Set<Promise<unknown>>();
    writes.set(notebook, ofNotebook.add(writing));
    try {
      return await writing;
    } finally {
      ofNotebook.delete(writing);
    }
  }

  /** Whether what comes after the end is shown. Where the cell waits to be run again, that is not known before it is. */
  async #isWanted(): Promise<boolean> {
    for (let newest; (newest = sinks.get(this.#execution.cell)) !== this && newest; ) {
      if (await newest.#hasBegun.promise) return false;
    }
    return true;
  }

  /** @returns false where the cell is to be run again meanwhile, and nothing was done */
  async #update(edit: Edit): Promise<boolean> {
    if (!this.#ended || sinks.get(this.#execution.cell) !== this) return false;
    await showLate(this.#controller, this.#execution, this.#ended, edit);
    return true;
  }

  /** It is over. Where it has not begun, the cell shows the run before as ever. */
  #leave(): void {
    const { cell } = this.#execution;
    if (this.#wasVoid && this.#before && sinks.get(cell) === this) sinks.set(cell, this.#before);
    this.#hasBegun.resolve(false);
  }

  /** Whether it has ended without having begun. */
  get #wasVoid(): boolean {
    return this.#ended !== undefined && this.#ended.startTime === undefined;
  }
}
