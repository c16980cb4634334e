// Registry of a notebook's runs that are not over: their cells wait, run, or are still shown as running.
import type * as vscode from "vscode";
import type { RunningCell } from "../../../app/kernels/kernelSituation";
import type { CellExecution } from "../../../notebook/run/execution";
import type { QueuedRun } from "../../../notebook/run/executionQueue";

/** A run that is not over. */
export interface OpenRun {
  readonly id: string;
  readonly cell: vscode.NotebookCell;
  /** As the queue has it. */
  readonly queued: QueuedRun;
}

/** In the order in which they were asked for. */
export class OpenRuns {
  readonly #open = new Map<CellExecution, OpenRun>();
  /** For each run whose cell VS Code shows as running: resolves when that ends. */
  readonly #unclosed = new Set<Promise<void>>();

  get size(): number {
    return this.#open.size;
  }

  get runs(): readonly CellExecution[] {
    return [...this.#open.keys()];
  }

  get cells(): ReadonlySet<vscode.NotebookCell> {
    return new Set([...this.#open.values()].map(({ cell }) => cell));
  }

  /** The cell that the kernel has begun with; undefined where there is none, or it was deleted meanwhile. */
  get running(): RunningCell | undefined {
    // Asked for often: nothing is listed or looked up.
    for (const [run, { cell }] of this.#open)
      if (run.hasBegun) return cell.index < 0 ? undefined : { number: cell.index + 1, waiting: this.#open.size - 1 };
    return undefined;
  }

  values(): Iterable<OpenRun> {
    return this.#open.values();
  }

  of(run: CellExecution): OpenRun | undefined {
    return this.#open.get(run);
  }

  /** @param closed resolves when VS Code does not take its cell for running any more */
  add(run: CellExecution, open: OpenRun, closed: Promise<void>): void {
    this.#open.set(run, open);
    this.#unclosed.add(closed);
    void closed.then(() => this.#unclosed.delete(closed));
  }

  remove(run: CellExecution): void {
    this.#open.delete(run);
  }

  /** Resolves when none of the cells that run or wait now does so to VS Code. */
  async closed(): Promise<void> {
    await Promise.all([...this.#unclosed]);
  }
}
