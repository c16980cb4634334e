// While VS Code still loads what draws a notebook's outputs, it draws streams in the wrong order: a stream that grows takes
// the one behind it off the screen (extensions/notebook-renderers, `appendOutput`), which then is in the document only.
// Outputs that are put there anew are drawn as they are.
import * as vscode from "vscode";

/** Milliseconds from a notebook's first output in an editor, within which VS Code has loaded that; slow ways included. */
const loading = 10_000;
/** What is put there anew costs as much as it is large, in bytes; an output counts for some, however small it is. */
const large = 1_000_000;
const ofOutput = 10_000;

/** When the first output was written, in milliseconds since the epoch. */
const first = new WeakMap<vscode.NotebookDocument, number>();

/** Whether outputs of the notebook are drawn for the first time about now. */
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

/** What has changed of an output and VS Code has not told of yet. */
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
