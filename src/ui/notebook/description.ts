// What a notebook says of its kernel: written into it when it is run there, and not when it is only opened.
import type * as vscode from "vscode";
import { within } from "../../base/async";
import type { Logger } from "../../base/log";
import type { KernelConnection } from "../../services/kernel/connection";
import type { KernelSpec } from "../../services/kernelspec/model";
import { writeKernelMetadata } from "./kernelMetadata";

/** Milliseconds that the end of a cell waits for the notebook to say what its kernel is. */
const bound = 1_000;

/** Writes into one notebook what its kernel is. */
export class KernelDescription {
  readonly #notebook: vscode.NotebookDocument;
  readonly #log: Logger;
  #kernel: KernelConnection | undefined;
  #pending: Promise<unknown> | undefined;

  constructor(notebook: vscode.NotebookDocument, log: Logger) {
    this.#notebook = notebook;
    this.#log = log;
  }

  /** Settles when the notebook says it, a second from now at the latest; undefined where nothing is being written. */
  get pending(): Promise<unknown> | undefined {
    return this.#pending;
  }

  /** The notebook is run on this kernel. */
  write(kernel: KernelConnection, spec: KernelSpec): void {
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    const written = kernel.info.then((info) => writeKernelMetadata(this.#notebook, spec, info));
    const pending = (this.#pending = within(written, bound).finally(() => {
      if (this.#pending === pending) this.#pending = undefined;
    }));
    written.catch((error: unknown) => this.#log.debug("The notebook does not say what its kernel is", error));
  }
}
