// First drawing of a notebook's outputs: while VS Code loads its renderer, it draws streams in the wrong order: a stream that grows
// removes the one behind it from the screen (extensions/notebook-renderers, `appendOutput`), which then is in the document only.
// Outputs that are put there anew are drawn as they are.
import * as vscode from "vscode";

/** Milliseconds from a notebook's first output in an editor until VS Code has loaded its renderer, on slow networks too. */
const loading = 10_000;
/** Bounds in bytes: replacing an output costs as much as it is large; a small one counts as a minimum. */
const large = 1_000_000;
const ofOutput = 10_000;

/** When the first output was written, in milliseconds since the epoch. */
const first = new WeakMap<vscode.NotebookDocument, number>();

/** Whether VS Code may still be loading the renderer of this notebook's outputs. */
export function isFirstDrawn(notebook: vscode.NotebookDocument): boolean {
  const now = Date.now();
  const since = first.get(notebook);
  if (since === undefined) first.set(notebook, now);
  return now - (since ?? now) < loading;
}

/** An editor that is opened, or comes to the front again, may have to load it anew. */
export function watchFirstDrawing(): vscode.Disposable {
  let visible: readonly vscode.NotebookEditor[] = vscode.window.visibleNotebookEditors;
  return vscode.window.onDidChangeVisibleNotebookEditors((editors) => {
    for (const editor of editors) if (!visible.includes(editor)) first.delete(editor.notebook);
    visible = editors;
  });
}

/** A change of an output that VS Code has not reported yet. */
export interface Change {
  readonly items: readonly vscode.NotebookCellOutputItem[];
  /** Behind what there is, not in its place. */
  readonly adds: boolean;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** `outputs` as new ones, with what is changed of each; undefined where they are large. */
export function anew(
  outputs: readonly vscode.NotebookCellOutput[],
  changeOf: (index: number) => Change | undefined,
): vscode.NotebookCellOutput[] | undefined {
  const bytes = outputs.reduce((sum, { items }) => items.reduce((size, { data }) => size + data.byteLength, sum + ofOutput), 0);
  if (bytes > large) return undefined;
  return outputs.map((output, index) => changed(output, changeOf(index)));
}

/** `output` as a new one, with what is changed of it. */
export function changed({ items, metadata }: vscode.NotebookCellOutput, change: Change | undefined): vscode.NotebookCellOutput {
  const now = change === undefined ? items : change.adds ? items.map((item) => withMore(item, change.items)) : change.items;
  return new vscode.NotebookCellOutput([...now], { ...metadata, ...change?.metadata });
}

function withMore(item: vscode.NotebookCellOutputItem, more: readonly vscode.NotebookCellOutputItem[]): vscode.NotebookCellOutputItem {
  const added = more.filter(({ mime }) => mime === item.mime).map(({ data }) => data);
  return added.length === 0 ? item : new vscode.NotebookCellOutputItem(Buffer.concat([item.data, ...added]), item.mime);
}
