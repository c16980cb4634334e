// Languages for cell labels: those that VS Code knows, and unknown ones that stand in open notebooks.
import * as vscode from "vscode";
import { supportedLabels } from "../../../notebook/language";

/**
 * VS Code does not run a cell whose label is not in its controller's list, and says nothing of it. To a kernel a label
 * means nothing: a cell of `%%bash` is code of a Python kernel, whatever it is labelled. So the
 * list has every language that VS Code knows, and every other that stands in an open notebook.
 */
export class CellLabels implements vscode.Disposable {
  readonly #onDidChange = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly { dispose(): void }[];
  readonly #known = new Set<string>();

  constructor() {
    this.#addAll(vscode.workspace.notebookDocuments.flatMap(labelsIn));
    this.#ask();
    this.#subscriptions = [
      this.#onDidChange,
      vscode.extensions.onDidChange(() => this.#ask()),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => this.#addAll(labelsIn(notebook))),
      vscode.workspace.onDidChangeNotebookDocument(({ contentChanges, cellChanges }) => {
        this.#addAll(contentChanges.flatMap(({ addedCells }) => addedCells.map(labelOf)));
        this.#addAll(cellChanges.flatMap(({ document }) => document?.languageId ?? []));
      }),
    ];
  }

  /** Fires when there are more. */
  get onDidChange(): vscode.Event<void> {
    return this.#onDidChange.event;
  }

  /** Labels of the cells that a kernel of this language is given, its own first. */
  of(language: string): string[] {
    return supportedLabels(language, this.#known);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #ask(): void {
    void vscode.languages.getLanguages().then((ids) => this.#addAll(ids.toSorted()));
  }

  #addAll(labels: readonly string[]): void {
    const before = this.#known.size;
    for (const label of labels) this.#known.add(label);
    if (this.#known.size > before) this.#onDidChange.fire();
  }
}

function labelsIn(notebook: vscode.NotebookDocument): string[] {
  return notebook.getCells().map(labelOf);
}

function labelOf({ document }: vscode.NotebookCell): string {
  return document.languageId;
}
