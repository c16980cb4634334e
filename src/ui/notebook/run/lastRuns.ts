// The last run of each cell of a notebook: what comes for it after its end is shown until the cell is run again.
import type { CellExecution } from "../../../notebook/run/execution";

/** Runs that the kernel has begun with, by the URI of their cell. */
export class LastRuns {
  readonly #runs = new Map<string, CellExecution>();

  /** The kernel has begun with `run`: nothing more is taken for the cell's run before it. */
  began(run: CellExecution): void {
    this.#runs.get(run.cell)?.forget();
    this.#runs.set(run.cell, run);
  }

  /**
   * Writes what waits of the cells' outputs; resolves when it is in the document.
   * @param waiting runs that have not begun: what still comes for the run before waits until they have, and is not waited for
   */
  async written(waiting: readonly CellExecution[]): Promise<void> {
    const left = new Set(waiting.map(({ cell }) => cell));
    await Promise.all([...this.#runs.values()].filter(({ cell }) => !left.has(cell)).map((run) => run.written()));
  }
}
