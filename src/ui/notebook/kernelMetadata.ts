// What a notebook says of its kernel, written as the notebook format has it.
import * as vscode from "vscode";
import type { KernelInfo } from "../../services/kernel/messages";
import type { KernelSpec } from "../../services/kernelspec/model";

/** Writes `kernelspec` and `language_info` where the notebook has others or none. Called on a run, which changes it anyway. */
export async function writeKernelMetadata(notebook: vscode.NotebookDocument, spec: KernelSpec, info: KernelInfo): Promise<void> {
  const metadata = objectIn(notebook.metadata, "metadata");
  const wanted = {
    kernelspec: { display_name: spec.displayName, language: spec.language, name: spec.name },
    language_info: info.language_info,
  };
  if (JSON.stringify({ kernelspec: metadata["kernelspec"], language_info: metadata["language_info"] }) === JSON.stringify(wanted)) return;
  // An edit would bring a closed one back.
  if (notebook.isClosed) return;
  const edit = new vscode.WorkspaceEdit();
  const changed = { ...notebook.metadata, metadata: { ...metadata, ...wanted } };
  edit.set(notebook.uri, [vscode.NotebookEdit.updateNotebookMetadata(changed)]);
  await vscode.workspace.applyEdit(edit);
}

/** The name of the kernel spec that the notebook was last run with, by its own metadata. */
export function kernelSpecOf(notebook: vscode.NotebookDocument): string | undefined {
  const { name } = objectIn(objectIn(notebook.metadata, "metadata"), "kernelspec");
  return typeof name === "string" ? name : undefined;
}

/** The language of its code: by its own metadata, else of its first cell. */
export function languageOf(notebook: vscode.NotebookDocument): string | undefined {
  const { name } = objectIn(objectIn(notebook.metadata, "metadata"), "language_info");
  const code = notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Code);
  return typeof name === "string" ? name : code?.document.languageId;
}

function objectIn(owner: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> {
  const value = owner[key];
  return typeof value === "object" && value !== null ? { ...value } : {};
}
