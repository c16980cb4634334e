// Notebooks in a real extension host, made and run by VS Code's public API: with a kernel of a hub, and with one that does nothing.
import { writeFileSync } from "node:fs";
import * as vscode from "vscode";
import { notebookFile } from "../../harness/sample/notebookContent";

/** Of the extension under test. */
export const extensionId = "jupyterhub-connect.jupyterhub-connect";

/** Opens a new notebook with these cells and selects the hub's kernel for it. */
export async function openNotebook(file: string, sources: readonly string[]): Promise<vscode.NotebookDocument> {
  const document = await show(file, sources);
  await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", {});
  return document;
}

async function show(file: string, sources: readonly string[]): Promise<vscode.NotebookDocument> {
  writeFileSync(file, notebookFile(sources));
  const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
  await vscode.window.showNotebookDocument(document, { preview: false });
  return document;
}

/** Runs one cell; resolves with the time until the document says that it has ended. */
export async function runToEnd(cell: vscode.NotebookCell): Promise<number> {
  const ended = change((one) => one.cell === cell && one.executionSummary?.success !== undefined);
  const begun = performance.now();
  await vscode.commands.executeCommand("notebook.cell.execute", {
    ranges: [{ start: cell.index, end: cell.index + 1 }],
    document: cell.notebook.uri,
  });
  await ended;
  return performance.now() - begun;
}

/**
 * Opens a notebook with a controller that does nothing.
 * @param use may wait until so many cells more were run
 */
export async function withEmpty<T>(
  file: string,
  sources: readonly string[],
  use: (notebook: vscode.NotebookDocument, executed: (count: number) => Promise<void>) => Promise<T>,
): Promise<T> {
  const notebook = await show(file, sources);
  const controller = vscode.notebooks.createNotebookController("empty", notebook.notebookType, "Empty");
  controller.supportsExecutionOrder = true;
  let order = 0;
  let then: () => void = () => undefined;
  controller.executeHandler = (cells) => {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.start(Date.now());
      execution.executionOrder = ++order;
      execution.end(true, Date.now());
    }
    then();
  };
  const executed = (count: number): Promise<void> => {
    const last = order + count;
    return new Promise((resolve) => (then = () => order >= last && resolve()));
  };
  const selected = new Promise<void>((resolve) => controller.onDidChangeSelectedNotebooks(({ selected: is }) => is && resolve()));
  // What runs here is a part of the extension to VS Code, since it lies in its folder.
  await vscode.commands.executeCommand("notebook.selectKernel", { id: "empty", extension: extensionId });
  await selected;
  try {
    return await use(notebook, executed);
  } finally {
    controller.dispose();
  }
}

/** Runs a cell once, which warms everything up, and then so many times. */
export async function runPasses(cell: vscode.NotebookCell, passes: number): Promise<readonly number[]> {
  await runToEnd(cell);
  const times: number[] = [];
  for (let round = 0; round < passes; round++) times.push(await runToEnd(cell));
  return times;
}

/** The next change of a cell that is accepted. */
export function change(accept: (change: vscode.NotebookDocumentCellChange) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listener = vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
      if (!cellChanges.some(accept)) return;
      listener.dispose();
      resolve();
    });
  });
}
