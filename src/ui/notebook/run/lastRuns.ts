// The last run of each cell of a notebook: its late output is shown until the cell is run again.
import type { CellExecution } from "../../../notebook/run/execution";

/** What is asked of a run here. */
export type LastRun = Pick<CellExecution, "cell" | "forget" | "written">;

/** Runs that the kernel has begun with, by the URI of their cell. */
export class LastRuns {
  readonly #runs = new Map<string, LastRun>();
  /** Those with outputs that may not be in the document yet, and which of them is the newest: a notebook may have thousands of runs. */
  readonly #unwritten = new Map<LastRun, number>();
  #count = 0;

  /** The kernel has begun with `run`: late output of the cell's previous run is dropped from now on. */
  began(run: LastRun): void {
    const before = this.#runs.get(run.cell);
    if (before) this.#unwritten.delete(before);
    before?.forget();
    this.#runs.set(run.cell, run);
  }

  /** Some of the outputs of `run` are not in the document yet. */
  unwritten(run: LastRun): void {
    if (this.#runs.get(run.cell) === run) this.#unwritten.set(run, ++this.#count);
  }

  /**
   * Writes what waits of the cells' outputs; resolves when it is in the document.
   * @param waiting runs that have not begun: what still comes for the run before waits until they have, and is not waited for
   */
  async written(waiting: readonly LastRun[]): Promise<void> {
    const left = new Set(waiting.map(({ cell }) => cell));
    await Promise.all([...this.#unwritten].filter(([{ cell }]) => !left.has(cell)).map(([run, newest]) => this.#write(run, newest)));
  }

  async #write(run: LastRun, newest: number): Promise<void> {
    await run.written();
    // Others that ask meanwhile wait as well, and so does who asks for what has come meanwhile.
    if (this.#unwritten.get(run) === newest) this.#unwritten.delete(run);
  }
}
