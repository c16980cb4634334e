// Outputs of one cell's run written to VS Code: OutputSink on a NotebookCellExecution.
import type * as vscode from "vscode";
import { Deferred, SerialQueue } from "../../../base/async";
import type { CellOutput } from "../../../notebook/outputs/output";
import type { OutputSink } from "../../../notebook/outputs/outputBatcher";
import { hintAtUndrawn } from "./drawingHints";
import type { BatchedCalls } from "./batchedCalls";
import { endExecution, showLate, type Ended } from "./lateOutput";
import { ShownOutputs, type Edit } from "./shownOutputs";

/** Milliseconds that a cell has to run before it is shown as running: VS Code then shows a spinner for half a second at least. */
const beginningAfter = 100;

/**
 * Milliseconds: the throttle of late output, one update a second; the batcher merges what arrives meanwhile. Each update is an
 * execution to VS Code, which shows the cell as running meanwhile, without its number, and does not run it.
 */
const lateInterval = 1_000;

/** The latest sink of each cell. */
const sinks = new WeakMap<vscode.NotebookCell, CellSink>();

/** Writes under way, by notebook. */
const writes = new WeakMap<vscode.NotebookDocument, Set<Promise<unknown>>>();

/** Resolves when the writes under way to cells of `notebook` are done: a save then has all of their output. */
export async function outputsWritten(notebook: vscode.NotebookDocument): Promise<void> {
  await Promise.allSettled([...(writes.get(notebook) ?? [])]);
}

/** Writes to `execution` while it lasts, and by a short execution of its own when an update comes after its end. */
export class CellSink implements OutputSink {
  readonly #controller: vscode.NotebookController;
  readonly #execution: vscode.NotebookCellExecution;
  readonly #gathered: BatchedCalls;
  readonly #shown: ShownOutputs;
  /** Called with the ids of outputs that somebody else has removed or replaced. */
  onVanished: (ids: readonly string[]) => void = () => undefined;
  /** Calls that report the run's beginning to VS Code, delayed: for a short cell they are made together with its end. */
  #beginning: (() => void)[] = [];
  #waiting: NodeJS.Timeout | undefined;
  /** The sink of the cell's previous run, until its outputs are removed. */
  #before: CellSink | undefined;
  #ended: Ended | undefined;
  /** Resolves true when the run starts, false if it is cancelled first; late output of the previous run waits for it. */
  readonly #hasBegun = new Deferred<boolean>();
  #first: Promise<unknown> | undefined;
  /** Serialises the end and the late output after it: VS Code has one execution of a cell at a time. */
  readonly #afterwards = new SerialQueue();

  /** @param gathered beginnings and ends of the notebook's cells go through that */
  constructor(controller: vscode.NotebookController, execution: vscode.NotebookCellExecution, gathered: BatchedCalls) {
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

  /** Sets the execution count. */
  number(order: number): void {
    this.#beginning.push(() => (this.#execution.executionOrder = order));
    if (this.#waiting === undefined) this.#tellBeginning();
  }

  /**
   * Makes the end wait for `writing`: VS Code removes the number of a cell where it sees a change of its text, or the removal of its
   * last output, after the number.
   */
  endsAfter(writing: Promise<unknown>): void {
    this.#first = Promise.allSettled([this.#first, writing]);
  }

  /**
   * Ends the execution; later writes are updates of what is shown. Resolves when that was reported to VS Code.
   * @param now report at once, not with the next batch
   */
  end(ended: Ended, now: boolean): Promise<void> {
    this.#ended = ended;
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        this.#gathered.add(() => {
          this.#tellBeginning();
          const passedOn = Promise.allSettled([this.#first, this.#shown.passedOn]);
          resolve(passedOn.then(() => endExecution(this.#execution, ended)).finally(() => this.#leave()));
        });
        if (now) this.#gathered.flush();
      });
    return this.#afterwards.run(close);
  }

  async clear(): Promise<void> {
    const mayHave = this.#execution.cell.outputs.length > 0 || this.hasOutputs;
    this.#before = undefined;
    this.#shown.forget();
    // VS Code takes 10 ms and more for an edit, an empty one too.
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

  /** Whether it has put outputs into its cell, or left the old ones there; VS Code reports them a moment later. */
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
      // VS Code accepts outputs only of an execution that has started.
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

  /** Whether late output is still shown. Where the cell is queued to run again, that is decided when that run starts or is cancelled. */
  async #isWanted(): Promise<boolean> {
    for (let newest; (newest = sinks.get(this.#execution.cell)) !== this && newest;) {
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

  /** The run is over. If it has not begun, the cell goes on showing the previous run. */
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
