// The content of notebook files, format 4.5, for tests that need but code cells.

/** Metadata of a notebook that names the Python kernel of a hub. */
export const namesPython = { kernelspec: { name: "python3", display_name: "Python 3 (ipykernel)" } };

/** A notebook of code cells, `cell-0` and so on, none of which has been run. @param metadata of the notebook */
export function notebookContent(sources: readonly string[], metadata: object = {}) {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    metadata: {},
    execution_count: null,
    outputs: [],
    source,
  }));
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** As `notebookContent`, as the text of the file. */
export function notebookFile(sources: readonly string[], metadata: object = {}): string {
  return JSON.stringify(notebookContent(sources, metadata));
}
