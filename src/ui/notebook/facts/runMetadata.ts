// Metadata that a run writes into its notebook: cell numbers, the kernel, and cell ids where the format wants them.
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { within } from "../../../base/async";
import type { Logger } from "../../../base/log";
import { nullLogger } from "../../../base/log";
import type { KernelConnection } from "../../../services/kernel/connection";
import type { KernelInfo } from "../../../services/kernel/messages";
import type { KernelSpec } from "../../../services/kernelspec/model";
import { kernelMetadata, kernelMetadataEdit } from "./kernelMetadata";

/** Milliseconds that the number of a cell waits for the kernel's info, to be written with it. */
const bound = 1_000;

/** One for each notebook. */
const ofNotebooks = new WeakMap<vscode.NotebookDocument, RunMetadata>();

/** The writer of run metadata of this notebook. */
export function runMetadata(notebook: vscode.NotebookDocument): RunMetadata {
  const metadata = ofNotebooks.get(notebook) ?? new RunMetadata(notebook);
  ofNotebooks.set(notebook, metadata);
  return metadata;
}

/**
 * Writes metadata in as few edits as possible: each is a step of undo where cells share theirs with the notebook, and
 * VS Code makes one for each cell's number, too. So the kernel is described with the first number.
 */
export class RunMetadata {
  readonly #notebook: vscode.NotebookDocument;
  #log = nullLogger;
  #kernel: { readonly connection: KernelConnection; readonly spec: KernelSpec; info: KernelInfo | undefined } | undefined;
  /** Numbers that wait to be written. */
  readonly #numbers = new Map<vscode.NotebookCell, number>();
  /** Whether the cells that have none have been given ids; VS Code gives them to those that are added. */
  #hasIds = false;
  #writing: Promise<void> = Promise.resolve();
  /** The write that takes what comes until it begins. */
  #next: Promise<void> | undefined;

  constructor(notebook: vscode.NotebookDocument) {
    this.#notebook = notebook;
  }

  /** The notebook runs on this kernel: its metadata are written with the next number. */
  describe(connection: KernelConnection, spec: KernelSpec, log: Logger): void {
    if (this.#kernel?.connection === connection) return;
    this.#log = log;
    const kernel = (this.#kernel = { connection, spec, info: undefined as KernelInfo | undefined });
    connection.info.then(
      (info) => (kernel.info = info),
      (error: unknown) => log.debug("The notebook does not say what its kernel is", error),
    );
  }

  /** The notebook has another kernel now; that is written only once a cell is run on it. */
  forgetKernel(): void {
    this.#kernel = undefined;
  }

  /** Writes the number of a cell that is about to end. Resolves when it is there; where it cannot be written, that is logged. */
  number(cell: vscode.NotebookCell, number: number): Promise<void> {
    this.#numbers.set(cell, number);
    return this.#write();
  }

  /**
   * Resolves when nothing waits to be written.
   * @param all the kernel's metadata too, where no cell has ended on it yet or an undo has removed them
   */
  async written(all: boolean): Promise<void> {
    if (all && this.#kernel?.info) await this.#write();
    else await this.#writing;
  }

  #write(): Promise<void> {
    // Concurrent requests are written together.
    return (this.#next ??= this.#writing =
      this.#writing.then(async () => {
        if (this.#kernel && !this.#kernel.info)
          await within(
            this.#kernel.connection.info.then(undefined, () => undefined),
            bound,
          );
        this.#next = undefined;
        try {
          await this.#apply();
        } catch (error) {
          this.#log.warn("The numbers of cells could not be written into the notebook", error);
        }
      }));
  }

  async #apply(): Promise<void> {
    const notebook = this.#notebook;
    const numbers = new Map(this.#numbers);
    this.#numbers.clear();
    // An edit would bring a closed one back.
    if (notebook.isClosed) return;
    const { spec, info } = this.#kernel ?? {};
    const described = spec && info && kernelMetadataEdit(notebook, kernelMetadata(spec, info.language_info));
    const edits = described ? [described] : [];
    const wantsIds = !this.#hasIds && wantsId(notebook);
    this.#hasIds = true;
    // Where a cell stands is looked up by VS Code in all cells.
    const cells = wantsIds ? [...notebook.getCells().entries()] : [...numbers.keys()].map((cell) => [cell.index, cell] as const);
    for (const [index, cell] of cells) {
      const number = numbers.get(cell);
      const isNumbered = number === undefined || cell.metadata["execution_count"] === number;
      const isNamed = !wantsIds || typeof cell.metadata["id"] === "string";
      if (index < 0 || (isNumbered && isNamed)) continue;
      const metadata = { ...cell.metadata, ...(!isNamed && { id: newId() }), ...(!isNumbered && { execution_count: number }) };
      edits.push(vscode.NotebookEdit.updateCellMetadata(index, metadata));
    }
    if (edits.length === 0) return;
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, edits);
    await vscode.workspace.applyEdit(edit);
  }
}

/** Whether the notebook's format gives each cell an id: from 4.5 on. VS Code gives one to new cells only, JupyterLab to all. */
function wantsId({ metadata }: vscode.NotebookDocument): boolean {
  const { nbformat, nbformat_minor: minor } = metadata;
  return nbformat === 4 && typeof minor === "number" && minor >= 5;
}

/** As VS Code makes them. @see https://jupyter.org/enhancement-proposals/62-cell-id/cell-id.html */
function newId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 8);
}
