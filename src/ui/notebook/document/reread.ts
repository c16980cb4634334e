// Notebooks that VS Code reads again, since their file was changed elsewhere: it replaces cells that run or wait, and cancels the runs of
// the old ones. So the runner leaves in order, as for a notebook that is closed, and another one resumes the runs from the journal, in the
// cells of the same id, or place where there are no ids.
import * as vscode from "vscode";
import type { Logger } from "../../../base/log";
import { showInformationMessage } from "../../say/messages";
import type { NotebookRunner } from "../run/runner";

export interface RereadPorts {
  readonly log: Logger;
  readonly runnerOf: (notebook: vscode.NotebookDocument) => NotebookRunner | undefined;
  /** Ends the runner in order, and has another one resume the cells that run or wait. Resolves when it has. */
  readonly takeUp: (notebook: vscode.NotebookDocument) => Promise<void>;
}

/** Resumes runs in the cells that replaced theirs. */
export class Rereads implements vscode.Disposable {
  readonly #ports: RereadPorts;
  readonly #taking = new Map<vscode.NotebookDocument, Promise<void>>();
  readonly #subscription: vscode.Disposable;

  constructor(ports: RereadPorts) {
    this.#ports = ports;
    this.#subscription = vscode.workspace.onDidChangeNotebookDocument(({ notebook, metadata, contentChanges }) => {
      // Only a read changes cells and the notebook's metadata at once; else the user has deleted cells.
      if (metadata && contentChanges.some(({ removedCells }) => removedCells.length > 0)) this.#follow(notebook);
    });
  }

  /** Resolves when the notebook's runs are in its present cells: until then others have to wait. */
  async settled(notebook: vscode.NotebookDocument): Promise<void> {
    await this.#taking.get(notebook);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #follow(notebook: vscode.NotebookDocument): void {
    const { log, runnerOf, takeUp } = this.#ports;
    const displaced = runnerOf(notebook)?.displaced;
    if (!displaced) return;
    const { there, gone } = displaced;
    if (gone > 0) void showInformationMessage(textOf(notebook, gone));
    if (there === 0) return;
    log.info(`${notebook.uri.path} was read again: ${there} of its cells go on`);
    const taking = takeUp(notebook)
      .catch((error: unknown) => log.error("What ran in a notebook could not go on after its file was changed", error))
      .finally(() => this.#taking.delete(notebook));
    this.#taking.set(notebook, taking);
  }
}

function textOf({ uri }: vscode.NotebookDocument, gone: number): string {
  const cells =
    gone === 1
      ? "a cell that ran or waited is not in it any more; its output is"
      : `${gone} cells that ran or waited are not in it any more; their output is`;
  return `“${uri.path.split("/").pop() ?? ""}” was changed on disk: ${cells} not shown.`;
}
