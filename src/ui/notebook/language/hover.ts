// Hover: the kernel's documentation of the name under the mouse.
import * as vscode from "vscode";
import { inspectionMarkdown } from "../../../notebook/help/inspection";
import { documentation } from "../../say/markdown";
import type { FindKernel } from "./askedKernel";

/** Shows the kernel's documentation, or a variable's type and value. */
export class HoverProvider implements vscode.HoverProvider {
  readonly #find: FindKernel;

  constructor(find: FindKernel) {
    this.#find = find;
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const range = document.getWordRangeAtPosition(position);
    const kernel = range && this.#find(document);
    if (!kernel) return undefined;
    // At a name's end IPython would take the call around it.
    const inside = position.isEqual(range.end) ? position.translate(0, -1) : position;
    const reply = await kernel.inspect(document.getText(), document.offsetAt(inside), token);
    const text = reply && inspectionMarkdown(reply, document.languageId);
    return text === undefined ? undefined : new vscode.Hover(documentation(text), range);
  }
}
