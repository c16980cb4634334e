// Notebooks as somebody else has written them.
import { writeFileSync } from "node:fs";

/** Writes a notebook of code cells to `file`. @param metadata of the notebook, as it is */
export function writeNotebook(file: string, sources: readonly string[], metadata: object = {}): void {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
}
