// Recorded runs of a notebook that can be resumed: their cells, and whether they were on its present kernel.
import * as vscode from "vscode";
import type { Journal } from "../../../app/notebooks/journals";
import { findCell, type CellTraits } from "../../../notebook/run/cellIdentity";
import type { JournaledRun, KernelRecord } from "../../../notebook/run/journal";
import type { KernelTarget } from "../facts/target";

/** A run that the previous window has written down, and the cell that it was of. */
export interface ResumableRun {
  readonly cell: vscode.NotebookCell;
  readonly earlier: JournaledRun;
}

/** The recorded runs of a notebook. */
export interface Recorded {
  readonly kernel: KernelRecord | undefined;
  readonly taken: readonly ResumableRun[];
  /** The previous window has left in order. */
  readonly left: boolean;
}

/** The recorded runs of this kernel and of cells of this notebook; undefined where there are none. */
export function recordedRuns(journal: Journal, notebook: vscode.NotebookDocument, target: KernelTarget): Recorded | undefined {
  const { kernel, runs, left } = journal.read();
  if (runs.length === 0 || isOfAnother(kernel, target)) return undefined;
  const taken = earlierRuns(notebook, runs);
  // The runs are of no cell here: another notebook may have the same key, and will resume them.
  return taken.length === 0 ? undefined : { kernel, taken, left };
}

/** The newest run of each cell, in the order in which they were asked for; those of cells that are gone are left out. */
function earlierRuns(notebook: vscode.NotebookDocument, runs: readonly JournaledRun[]): readonly ResumableRun[] {
  const [cells, traits] = [notebook.getCells(), traitsOf(notebook)];
  const found = runs.flatMap((earlier) => {
    const { cell: identity, code } = earlier.queued;
    const cell = cells[findCell(traits, { ...identity, source: code }) ?? -1];
    return cell ? [{ cell, earlier }] : [];
  });
  // VS Code has one execution of a cell at a time.
  const newest = new Map(found.map((run) => [run.cell, run]));
  return found.filter((run) => newest.get(run.cell) === run);
}

/** Runs that were asked for together: what the kernel has, and what waits behind it. */
export interface Batch<R> {
  readonly held: R[];
  readonly waiting: R[];
}

/** The runs that are not over, by the batch that they were asked for in. */
export function inBatches<R>(runs: readonly { readonly earlier: JournaledRun; readonly run: R }[]): Iterable<Batch<R>> {
  const batches = new Map<number, Batch<R>>();
  for (const { earlier, run } of runs) {
    if (earlier.settled) continue;
    const batch = batches.get(earlier.queued.batch) ?? { held: [], waiting: [] };
    batches.set(earlier.queued.batch, batch);
    (earlier.sent ? batch.held : batch.waiting).push(run);
  }
  return batches.values();
}

/** Runs whose cells are in the notebook no more. */
export interface DisplacedRuns {
  /** Number of runs whose cell was replaced by another. */
  readonly there: number;
  /** Number of runs whose cell was removed. */
  readonly gone: number;
}

/**
 * The displaced runs among the open runs of a notebook; undefined where there are none.
 * @param recorded reads the recorded runs of the notebook
 */
export function displacedRuns(
  notebook: vscode.NotebookDocument,
  open: Iterable<{ readonly id: string; readonly cell: vscode.NotebookCell }>,
  recorded: () => readonly JournaledRun[],
): DisplacedRuns | undefined {
  const ids = new Set([...open].flatMap(({ id, cell }) => (cell.index < 0 ? [id] : [])));
  if (ids.size === 0) return undefined;
  const there = earlierRuns(
    notebook,
    recorded().filter(({ queued }) => ids.has(queued.id)),
  ).length;
  return { there, gone: ids.size - there };
}

/** Whether the recorded runs were on another kernel than the notebook has now. */
export function isOfAnother(kernel: KernelRecord | undefined, { server, spec, running }: KernelTarget): boolean {
  if (kernel === undefined) return false;
  return kernel.server !== server.id || kernel.spec !== spec.name || (running !== undefined && running.id !== kernel.kernelId);
}

/** The cell's identity in another window. */
export function identityOf(cell: vscode.NotebookCell): JournaledRun["queued"]["cell"] {
  const id = cellIdOf(cell);
  return { index: cell.index, ...(id !== undefined && { id }) };
}

/** The id that the notebook file gives the cell. */
export function cellIdOf(cell: vscode.NotebookCell): string | undefined {
  const id: unknown = cell.metadata["id"];
  return typeof id === "string" ? id : undefined;
}

/** The identity of a cell within its notebook. */
function traitsOf(notebook: vscode.NotebookDocument): readonly CellTraits[] {
  return notebook
    .getCells()
    .map((cell) => ({ id: cellIdOf(cell), source: cell.document.getText(), isCode: cell.kind === vscode.NotebookCellKind.Code }));
}
