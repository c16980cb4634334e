// The sample notebook's file and where its cells are.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";

/** The file. */
export const samplePath = path.join(import.meta.dirname, "sample.ipynb");

const notebookModel = v.object({ cells: v.array(v.object({ id: v.string() })) });

/** Where the cell with this id is, counted from 0, Markdown cells included. */
export function sampleCell(id: string): number {
  const { cells } = v.parse(notebookModel, JSON.parse(readFileSync(samplePath, "utf8")));
  const index = cells.findIndex((cell) => cell.id === id);
  if (index < 0) throw new Error(`The sample notebook has no cell ${id}.`);
  return index;
}
