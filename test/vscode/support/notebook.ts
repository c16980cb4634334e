// Notebooks as tests use them: opened in the real editor, run as the run button does, read as the document holds them.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { withTimeout } from "../../../src/base/async";

const decoder = new TextDecoder();

/** A notebook of code cells, saved in the workspace and shown. */
export async function openNotebook(...sources: string[]): Promise<vscode.NotebookDocument> {
  return openContent(sources.map((source) => ({ source })));
}

/** A cell of a notebook file. */
export interface CellContent {
  readonly source: string;
  readonly type?: "code" | "raw" | "markdown";
  /** The cell's own language. */
  readonly language?: string;
  /** By default none is another's; null for none at all. */
  readonly id?: string | null;
  /** The number of its last run. */
  readonly count?: number;
}

/** A notebook file of such cells in the workspace. @param minor of its format */
export async function writtenContent(cells: readonly CellContent[], metadata: object = {}, minor = 5): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error("The tests need a workspace folder.");
  const uri = vscode.Uri.joinPath(folder.uri, `${randomUUID().slice(0, 8)}.ipynb`);
  await vscode.workspace.fs.writeFile(uri, contentOf(cells, metadata, minor));
  return uri;
}

/** Such a notebook, shown. */
export async function openContent(cells: readonly CellContent[], metadata: object = {}, minor = 5): Promise<vscode.NotebookDocument> {
  const uri = await writtenContent(cells, metadata, minor);
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

/** A notebook file. */
export function contentOf(cells: readonly CellContent[], metadata: object = {}, minor = 5): Uint8Array {
  const written = cells.map(({ source, type = "code", language, id, count }, index) => ({
    cell_type: type,
    ...(minor >= 5 && id !== null && { id: id ?? `cell-${index}` }),
    metadata: language === undefined ? {} : { vscode: { languageId: language } },
    ...(type === "code" && { execution_count: count ?? null, outputs: [] }),
    source,
  }));
  return Buffer.from(JSON.stringify({ cells: written, metadata, nbformat: 4, nbformat_minor: minor }));
}

/** A notebook file as it was saved. */
export interface SavedNotebook {
  readonly metadata: { readonly kernelspec?: { readonly name: string }; readonly language_info?: { readonly name: string } };
  readonly cells: readonly {
    readonly cell_type: string;
    readonly id?: string;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly execution_count?: number | null;
    readonly outputs?: readonly unknown[];
  }[];
}

/** What the notebook's file says. */
export async function readSaved({ uri }: vscode.NotebookDocument): Promise<SavedNotebook> {
  return JSON.parse(decoder.decode(await vscode.workspace.fs.readFile(uri))) as SavedNotebook;
}

/** Opens it as a person does: a document that the API opens is held for minutes after its editor is closed. */
export async function openedByHand(uri: vscode.Uri): Promise<vscode.NotebookDocument> {
  await vscode.commands.executeCommand("vscode.openWith", uri, "jupyter-notebook");
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  if (notebook?.uri.toString() !== uri.toString()) throw new Error(`${uri.path} was not opened.`);
  return notebook;
}

/** Resolves when VS Code holds the document no more. */
export function closed(notebook: vscode.NotebookDocument): Promise<void> {
  if (notebook.isClosed) return Promise.resolve();
  return new Promise((resolve) => {
    const subscription = vscode.workspace.onDidCloseNotebookDocument((one) => {
      if (one !== notebook) return;
      subscription.dispose();
      resolve();
    });
  });
}

/** Saves what has a file and closes everything. */
export async function closeNotebooks(): Promise<void> {
  for (const notebook of vscode.workspace.notebookDocuments) {
    // One without a file would ask where to, and nobody is there. One whose editor the test has closed may go while others are saved.
    if (!notebook.isUntitled && !notebook.isClosed) await notebook.save();
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

/** Chooses the kernel of the active notebook. */
export async function selectKernel(wanted: { account: string; server?: string; kernel?: string }): Promise<void> {
  await vscode.commands.executeCommand("jupyterhubConnect.selectKernel", wanted);
}

/** One cell's run. */
export interface Run {
  /** Resolves when the cell has ended. */
  readonly ended: Promise<void>;
  /** Resolves when `text` is among its outputs. */
  shows(text: string): Promise<void>;
}

/** Starts a cell; everything that is awaited of it is bounded. */
export function run(notebook: vscode.NotebookDocument, index = 0, timeout = 45_000): Run {
  const cell = notebook.cellAt(index);
  const before = cell.executionSummary?.timing?.endTime;
  const started = vscode.commands.executeCommand("notebook.cell.execute", {
    ranges: [{ start: index, end: index + 1 }],
    document: notebook.uri,
  });
  const ended = changed(notebook, () => {
    const summary = cell.executionSummary;
    return summary?.success !== undefined && summary.timing?.endTime !== before;
  });
  ended.catch(() => undefined);
  return {
    ended: withTimeout(Promise.all([started, ended]), timeout, "").then(
      () => undefined,
      () => {
        throw new Error(`Cell ${index} has not ended; it shows ${JSON.stringify(textOf(notebook, index))}`);
      },
    ),
    shows: (text) => shows(notebook, index, text, timeout),
  };
}

/** Resolves when a cell has run to its end. */
export async function ended(notebook: vscode.NotebookDocument, index: number, timeout = 20_000): Promise<void> {
  const cell = notebook.cellAt(index);
  await withTimeout(
    changed(notebook, () => cell.executionSummary?.success !== undefined),
    timeout,
    `Cell ${index} has not ended.`,
  );
}

/**
 * Resolves with a cell's number when it has succeeded with a later one than `before`. Its thread may go on: VS Code shows
 * that as short runs of the cell.
 */
export async function succeeded(notebook: vscode.NotebookDocument, index: number, before = 0, timeout = 20_000): Promise<number> {
  let number = before;
  const holds = ({ success, executionOrder = 0 }: vscode.NotebookCellExecutionSummary = {}): boolean =>
    success === true && (number = executionOrder) > before;
  await withTimeout(
    changed(notebook, () => holds(notebook.cellAt(index).executionSummary)),
    timeout,
    `Cell ${index} has not succeeded after number ${before}.`,
  );
  return number;
}

/** Resolves when a cell that the kernel had in its queue has ended as not run. */
export async function dropped(cell: vscode.NotebookCell, timeout = 20_000): Promise<void> {
  const isDropped = (): boolean => cell.executionSummary?.timing !== undefined && cell.executionSummary.success === undefined;
  await withTimeout(changed(cell.notebook, isDropped), timeout, "A cell that waited has not ended.");
}

/** Resolves when a cell has no outputs. */
export async function showsNothing(notebook: vscode.NotebookDocument, index: number, timeout = 20_000): Promise<void> {
  await withTimeout(
    changed(notebook, () => notebook.cellAt(index).outputs.length === 0),
    timeout,
    `Cell ${index} still has outputs.`,
  );
}

/** Resolves when `text` is among the outputs of a cell. */
export async function shows(notebook: vscode.NotebookDocument, index: number, text: string, timeout = 20_000): Promise<void> {
  const shown = changed(notebook, () => textOf(notebook, index).includes(text));
  await withTimeout(shown, timeout, "").catch(() => {
    throw new Error(`Cell ${index} does not show ${JSON.stringify(text)} but ${JSON.stringify(textOf(notebook, index))}`);
  });
}

/** Resolves when a cell shows more than it does now. */
export async function grows(notebook: vscode.NotebookDocument, index: number, timeout = 20_000): Promise<void> {
  const { length } = textOf(notebook, index);
  await withTimeout(
    changed(notebook, () => textOf(notebook, index).length > length),
    timeout,
    `Cell ${index} shows no more than before.`,
  );
}

/** Resolves as soon as `holds` does, looking at each change of the document. */
function changed(notebook: vscode.NotebookDocument, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const subscription = vscode.workspace.onDidChangeNotebookDocument((event) => {
      if (event.notebook === notebook && holds()) done();
    });
    const done = (): void => {
      subscription.dispose();
      resolve();
    };
    if (holds()) done();
  });
}

/** Everything a cell shows as text, its error last. */
export function textOf(notebook: vscode.NotebookDocument, index = 0): string {
  return notebook
    .cellAt(index)
    .outputs.flatMap(({ items }) => items)
    .filter(({ mime }) => !mime.startsWith("image/"))
    .map(({ data }) => decoder.decode(data))
    .join("");
}

/** The last error of a cell. */
export function errorOf(notebook: vscode.NotebookDocument, index = 0): { name: string; message: string } | undefined {
  const items = notebook.cellAt(index).outputs.flatMap((output) => output.items);
  const error = items.findLast(({ mime }) => mime === "application/vnd.code.notebook.error");
  return error && (JSON.parse(decoder.decode(error.data)) as { name: string; message: string });
}

/** The mime types of a cell's outputs, by output. */
export function mimesOf(notebook: vscode.NotebookDocument, index = 0): string[][] {
  return notebook.cellAt(index).outputs.map(({ items }) => items.map(({ mime }) => mime));
}

/** Python that prints 0 … `count` - 1, one every `seconds`. */
export function counter(count: number, seconds: number): string {
  return `import time\nfor i in range(${count}):\n    print("line", i, flush=True)\n    time.sleep(${seconds})\nprint("end")`;
}

/** What `counter` prints. */
export function counted(count: number): string {
  return [...Array.from({ length: count }, (_, index) => `line ${index}`), "end", ""].join("\n");
}
