// The cells of one request to run, as they are run.
import { randomUUID } from "node:crypto";
import type * as vscode from "vscode";

/** A cell that is to be run. */
export interface AskedRun {
  readonly cell: vscode.NotebookCell;
  /** The new id of its run. */
  readonly id: string;
  readonly code: string;
}

/** The cells to run, and cells without code, which are only cleared. */
export interface Asked {
  readonly runs: readonly AskedRun[];
  readonly blank: readonly vscode.NotebookCell[];
}

/** @param open cells that run or wait already: they are left alone, as are raw cells, which to VS Code are code in a language of its own */
export function asked(cells: readonly vscode.NotebookCell[], open: ReadonlySet<vscode.NotebookCell>): Asked {
  const wanted = cells.filter((cell) => cell.index >= 0 && cell.document.languageId !== "raw" && !open.has(cell));
  const all = wanted.map((cell) => ({ cell, id: randomUUID(), code: cell.document.getText() }));
  const isBlank = ({ code }: AskedRun): boolean => code.trim() === "";
  return { runs: all.filter((run) => !isBlank(run)), blank: all.filter(isBlank).map(({ cell }) => cell) };
}
