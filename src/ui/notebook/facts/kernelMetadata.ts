// Kernel metadata of a notebook (`kernelspec`, `language_info`), as the notebook format has it.
import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { KernelSpec } from "../../../services/kernelspec/model";

/** The metadata that the notebook format has for a kernel. */
export interface KernelMetadata {
  readonly kernelspec: { readonly display_name: string; readonly language: string; readonly name: string };
  readonly language_info: { readonly name: string };
}

/** The metadata to write. @param language from the kernel's info; before that has come the kernel spec's language is used */
export function kernelMetadata(spec: KernelSpec, language: KernelMetadata["language_info"] = { name: spec.language }): KernelMetadata {
  return { kernelspec: { display_name: spec.displayName, language: spec.language, name: spec.name }, language_info: language };
}

/** The edit that writes the kernel into a notebook's metadata; undefined where it stands there. Other metadata are kept. */
export function kernelMetadataEdit(notebook: vscode.NotebookDocument, wanted: KernelMetadata): vscode.NotebookEdit | undefined {
  const metadata = objectIn(notebook.metadata, "metadata");
  const { kernelspec, language_info } = metadata;
  // VS Code sorts the keys when it saves.
  if (isDeepStrictEqual({ kernelspec, language_info }, structuredClone(wanted))) return undefined;
  return vscode.NotebookEdit.updateNotebookMetadata({ ...notebook.metadata, metadata: { ...metadata, ...wanted } });
}

/** The name of the kernel spec that the notebook was last run with, by its own metadata. */
export function kernelSpecOf(notebook: vscode.NotebookDocument): string | undefined {
  const { name } = objectIn(objectIn(notebook.metadata, "metadata"), "kernelspec");
  return typeof name === "string" ? name : undefined;
}

/** The language of its code, by its own metadata. */
export function statedLanguage(notebook: vscode.NotebookDocument): string | undefined {
  const metadata = objectIn(notebook.metadata, "metadata");
  const named = [objectIn(metadata, "language_info")["name"], objectIn(metadata, "kernelspec")["language"]];
  return named.find((name): name is string => typeof name === "string" && name !== "");
}

/** The language of its code: by its own metadata, else by its cells. Those of a new notebook VS Code labels as Python. */
export function languageOf(notebook: vscode.NotebookDocument): string | undefined {
  const stated = statedLanguage(notebook);
  if (stated !== undefined) return stated;
  const labels = notebook
    .getCells()
    .flatMap(({ kind, document: { languageId: label } }) => (kind === vscode.NotebookCellKind.Code && label !== "raw" ? label : []));
  return labels.includes("python") ? "python" : labels[0];
}

/** The language with which the file labels a cell on its own; undefined where that is the notebook's. */
export function ownLabel(cell: vscode.NotebookCell): string | undefined {
  const { languageId: label } = objectIn(objectIn(cell.metadata, "metadata"), "vscode");
  return typeof label === "string" ? label : undefined;
}

/** A cell's metadata with that label. @param label undefined for the notebook's */
export function withOwnLabel(cell: vscode.NotebookCell, label: string | undefined): Record<string, unknown> {
  const metadata = objectIn(cell.metadata, "metadata");
  if (label === undefined) delete metadata["vscode"];
  else metadata["vscode"] = { languageId: label };
  return { ...cell.metadata, metadata };
}

/** The object that `owner` has as `key`; an empty one where that is anything else. */
function objectIn(owner: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const value = owner[key];
  return typeof value === "object" && value !== null ? { ...value } : {};
}
