// Lasting texts in plain words: rows, status bar items, views, and kernels of the picker.
import * as vscode from "vscode";
import { plain, plainLines } from "../../base/plain";
import type { CommandId } from "../contributed/commands";
import { guarded } from "./guarded";

/** UTF-16 units of what stands in one row. */
const longest = 300;
/** Characters of a kernel's name, which stands beside the buttons of the notebook's toolbar and would push them out of it. */
const longestKernel = 80;

/** Texts of a tree row. */
export interface RowWords {
  readonly label: string;
  readonly description?: string | undefined;
  /** One or several lines. */
  readonly tooltip?: string | undefined;
  /** The accessibility label. */
  readonly spoken: string;
}

/** A row of a tree; icon and menus are for the caller to set. */
export function treeItem({ label, description, tooltip, spoken }: RowWords, under: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(plain(label, longest), under);
  if (description !== undefined) item.description = plain(description, longest);
  if (tooltip !== undefined) item.tooltip = plainLines(tooltip);
  item.accessibilityInformation = { label: plain(spoken) };
  return item;
}

/** As VS Code's. */
export function createTreeView<T>(id: string, options: vscode.TreeViewOptions<T>): vscode.TreeView<T> {
  const optional = (text: string | undefined): string | undefined => text && plain(text, longest);
  return guarded(vscode.window.createTreeView(id, options), { title: optional, description: optional, message: optional });
}

/** Texts of a status bar item. */
export interface StatusWords {
  /** The name of a theme icon, such as `watch` or `loading~spin`. */
  readonly icon: string;
  readonly text: string;
  readonly tooltip: string | vscode.MarkdownString;
  /** The accessibility label. */
  readonly spoken: string;
  readonly background?: vscode.ThemeColor | undefined;
}

/** An item in the status bar, hidden until it has something to show. */
export class StatusItem implements vscode.Disposable {
  readonly #item: vscode.StatusBarItem;

  /**
   * @param name by which VS Code offers to hide it
   * @param command what a click does
   */
  constructor(id: string, name: string, command: CommandId) {
    this.#item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left);
    this.#item.name = name;
    this.#item.command = command;
  }

  show({ icon, text, tooltip, spoken, background }: StatusWords): void {
    this.#item.text = `$(${icon}) ${plain(text, longest)}`;
    this.#item.tooltip = typeof tooltip === "string" ? plainLines(tooltip) : tooltip;
    this.#item.accessibilityInformation = { label: plain(spoken) };
    this.#item.backgroundColor = background;
    this.#item.show();
  }

  hide(): void {
    this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

/** Texts of a controller in the kernel picker. */
interface ControllerWords {
  readonly label?: string;
  readonly description?: string;
  readonly detail?: string;
}

/** As VS Code's. */
export function createNotebookController(id: string, notebookType: string, label: string): vscode.NotebookController {
  return vscode.notebooks.createNotebookController(id, notebookType, plain(label, longestKernel));
}

/** Tells VS Code what has changed, and only that. */
export function describeController(controller: vscode.NotebookController, words: ControllerWords): void {
  for (const property of ["label", "description", "detail"] as const) {
    const text = words[property];
    if (text === undefined) continue;
    const value = plain(text, property === "label" ? longestKernel : longest);
    if (controller[property] !== value) controller[property] = value;
  }
}
