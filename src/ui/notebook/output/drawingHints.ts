// Hint, once for each notebook, what to do about an output that VS Code cannot draw.
import * as v from "valibot";
import * as vscode from "vscode";
import { DrawnMimeTypes, drawingHint } from "../../../notebook/outputs/drawable";
import type { CellOutput } from "../../../notebook/outputs/output";
import { showInformationMessage } from "../../say/messages";

const manifest = v.object({
  contributes: v.object({
    notebookRenderer: v.array(v.looseObject({ mimeTypes: v.optional(v.array(v.string()), []) })),
  }),
});

const find = "Find an Extension";
const copy = "Copy the Line";

/** Notebooks for which the hint was given, by URI. */
const told = new Set<string>();
let drawn: DrawnMimeTypes | undefined;

/** Forgets which renderers there are when extensions come or go. */
export function watchRenderers(): vscode.Disposable {
  return vscode.extensions.onDidChange(() => (drawn = undefined));
}

/** Checks whether VS Code draws `outputs`, and shows the hint if not; nothing waits for the answer. */
export function hintAtUndrawn(notebook: vscode.NotebookDocument, outputs: readonly CellOutput[]): void {
  for (const { items, metadata } of outputs) {
    if (items.length === 0 || (metadata.outputType !== "display_data" && metadata.outputType !== "execute_result")) continue;
    const renderers = (drawn ??= new DrawnMimeTypes(vscode.extensions.all.flatMap(renderersOf)));
    // Renderers may all be out of sight, in another extension host.
    if (!renderers.has("image/png") || items.some(({ mime }) => renderers.has(mime))) continue;
    const uri = notebook.uri.toString();
    if (told.has(uri)) return;
    told.add(uri);
    void hint(items.map(({ mime }) => mime));
    return;
  }
}

function renderersOf({ packageJSON }: vscode.Extension<unknown>): { mimeTypes: readonly string[] }[] {
  const parsed = v.safeParse(manifest, packageJSON);
  return parsed.success ? parsed.output.contributes.notebookRenderer : [];
}

async function hint(mimes: readonly string[]): Promise<void> {
  const { words, code } = drawingHint(mimes);
  const pressed = await showInformationMessage(words, ...(code === undefined ? [] : [copy]), find);
  if (pressed === copy && code !== undefined) await vscode.env.clipboard.writeText(code);
  if (pressed === find) await vscode.commands.executeCommand("workbench.extensions.search", `@tag:notebookRenderer ${mimes[0] ?? ""}`);
}
