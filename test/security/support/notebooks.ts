// Notebooks as somebody else has written them.
import { writeFileSync } from "node:fs";
import { notebookFile } from "../../harness/sample/notebookContent";

/** Writes a notebook of code cells to `file`. @param metadata of the notebook, as it is */
export function writeNotebook(file: string, sources: readonly string[], metadata: object = {}): void {
  writeFileSync(file, notebookFile(sources, metadata));
}
