// Language of a notebook: it follows the kernel's. Cells in the notebook's former language follow, those with one of their own stay.
// A kernel that nobody has chosen changes nothing before a cell is run.
import * as vscode from "vscode";
import type { Logger } from "../../../base/log";
import { isSameLanguage, languageId } from "../../../notebook/language";
import type { KernelSpec } from "../../../services/kernelspec/model";
import { kernelMetadata, kernelMetadataEdit, kernelSpecOf, languageOf, ownLabel, withOwnLabel } from "../facts/kernelMetadata";

/**
 * Keeps the labels of cells with the language of their notebook. That is in the notebook's metadata; the labels follow
 * these, so that undoing and redoing the one edit takes the labels along.
 */
export class KernelLanguages implements vscode.Disposable {
  readonly #log: Logger;
  /** The languages of notebooks with a kernel of a hub. */
  readonly #languages = new Map<vscode.NotebookDocument, string>();
  /** Cells that were labelled with a language before it became the notebook's. */
  readonly #own = new WeakSet<vscode.NotebookCell>();
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(log: Logger) {
    this.#log = log;
    this.#subscriptions = [
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, metadata, contentChanges }) => {
        if (metadata) this.#follow(notebook);
        for (const { addedCells } of contentChanges) this.#labelNew(notebook, addedCells);
      }),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => this.#languages.delete(notebook)),
    ];
  }

  /** The notebook has a kernel of this spec, which nobody has chosen yet. */
  follow(notebook: vscode.NotebookDocument, spec: KernelSpec): void {
    this.#languages.set(notebook, languageOf(notebook) ?? spec.language);
  }

  /** The notebook has a kernel of this spec, chosen by a user: its language is the notebook's. Nothing changes where it is already. */
  adopt(notebook: vscode.NotebookDocument, spec: KernelSpec): void {
    const language = languageOf(notebook) ?? spec.language;
    this.#languages.set(notebook, language);
    // Some kernels describe their code as another language than their spec does; a notebook of theirs has that.
    if (isSameLanguage(language, spec.language) || kernelSpecOf(notebook) === spec.name) return;
    this.#adopt(notebook, language, spec).catch((error: unknown) =>
      this.#log.warn("A notebook does not have the language of its kernel", error),
    );
  }

  /** The notebook has a kernel of ours no more. */
  unfollow(notebook: vscode.NotebookDocument): void {
    this.#languages.delete(notebook);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** One edit of the notebook's metadata, and of those of the cells that follow; it can be undone. */
  async #adopt(notebook: vscode.NotebookDocument, from: string, spec: KernelSpec): Promise<void> {
    const wanted = kernelMetadata(spec);
    const label = languageId(spec.language);
    // VS Code writes a label into each cell where it is not the very name of the notebook's language.
    const written = label === wanted.language_info.name ? undefined : label;
    const described = kernelMetadataEdit(notebook, wanted);
    const edits = described ? [described] : [];
    for (const cell of codeCells(notebook)) {
      if (!isSameLanguage(cell.document.languageId, from) || this.#own.has(cell)) continue;
      // And takes the number of a cell whose label is changed out of what is saved, with an edit of its own for each.
      const numbered = typeof cell.metadata["execution_count"] === "number";
      if (ownLabel(cell) === written && !numbered) continue;
      const metadata = { ...withOwnLabel(cell, written), ...(numbered && { execution_count: null }) };
      edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, metadata));
    }
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, edits);
    await vscode.workspace.applyEdit(edit);
  }

  #follow(notebook: vscode.NotebookDocument): void {
    const from = this.#languages.get(notebook);
    const language = languageOf(notebook);
    if (from === undefined || language === undefined || isSameLanguage(language, from)) return;
    this.#languages.set(notebook, language);
    for (const cell of codeCells(notebook)) {
      const { languageId: label } = cell.document;
      if (isSameLanguage(label, language)) this.#own.add(cell);
      else if (isSameLanguage(label, from) && !this.#own.has(cell)) this.#label(cell, language);
    }
  }

  /** VS Code labels a new cell as the one beside it; here as in JupyterLab it is the kernel's. */
  #labelNew(notebook: vscode.NotebookDocument, cells: readonly vscode.NotebookCell[]): void {
    const language = this.#languages.get(notebook);
    if (language === undefined) return;
    for (const cell of cells) {
      const isNew = cell.kind === vscode.NotebookCellKind.Code && cell.document.getText() === "" && Object.keys(cell.metadata).length === 0;
      if (isNew && !isSameLanguage(cell.document.languageId, language)) this.#label(cell, language);
    }
  }

  #label(cell: vscode.NotebookCell, language: string): void {
    labelCell(cell, languageId(language)).catch((error: unknown) => this.#log.warn(`A cell could not be labelled as ${language}`, error));
  }
}

function codeCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook.getCells().filter(({ kind, document }) => kind === vscode.NotebookCellKind.Code && document.languageId !== "raw");
}

/** Labels a cell; undo does not know of it. */
async function labelCell(cell: vscode.NotebookCell, label: string): Promise<void> {
  const known = await vscode.languages.getLanguages();
  if (cell.document.isClosed) return;
  if (known.includes(label)) {
    await vscode.languages.setTextDocumentLanguage(cell.document, label);
    return;
  }
  // Only VS Code's own command gives a cell a label of a language that it does not know.
  if (vscode.window.activeNotebookEditor?.notebook !== cell.notebook || cell.index < 0) return;
  await vscode.commands.executeCommand("notebook.cell.changeLanguage", { start: cell.index, end: cell.index + 1 }, label);
}
