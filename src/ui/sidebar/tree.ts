// TreeDataProvider of the JupyterHub Connect view: its rows as VS Code takes them.
import * as vscode from "vscode";
import type { HubTree } from "../../app/hubTree/hubTree";
import type { TreeNode } from "../../app/hubTree/nodes";
import { treeItem } from "../say/items";
import { rowViewOf, ariaLabel } from "./rowViews";
import type { RowView } from "./rowView";
import { fullTooltip, hasMore } from "./tooltips";

/** Draws the rows; which there are and what has changed is the application's. */
export class RowProvider implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #tree: HubTree;
  readonly #changed = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly #subscription: { dispose(): void };

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(tree: HubTree) {
    this.#tree = tree;
    this.#subscription = tree.onDidChange((changes) => {
      const nodes = changes.flatMap((node) => node ?? []);
      if (nodes.length < changes.length) this.#changed.fire(undefined);
      else if (nodes.length > 0) this.#changed.fire(nodes);
    });
  }

  getTreeItem({ key, row }: TreeNode): vscode.TreeItem {
    const face = rowViewOf(row);
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    // A tooltip that is left out is asked for when somebody points at the row.
    const words = { ...face, tooltip: hasMore(row) ? undefined : face.tooltip, spoken: ariaLabel(row, face) };
    const item = treeItem(words, { nothing: None, collapsed: Collapsed, expanded: Expanded }[face.under]);
    item.id = key;
    item.contextValue = face.context;
    if (face.command) item.command = { title: face.command.title, command: `jupyterhubConnect.${face.command.name}`, arguments: [row] };
    drawIcon(item, face);
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, { row }: TreeNode): Promise<vscode.TreeItem> {
    item.tooltip = await fullTooltip(row, rowViewOf(row).tooltip ?? "", this.#tree.onDemand);
    return item;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...this.#tree.children(node)];
  }

  getParent({ parent }: TreeNode): TreeNode | undefined {
    return parent;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

function drawIcon(item: vscode.TreeItem, { icon: [name, color], fileName, image }: RowView): void {
  if (image !== undefined) {
    item.iconPath = vscode.Uri.parse(image, true);
    return;
  }
  if (fileName === undefined) {
    item.iconPath = new vscode.ThemeIcon(name, color === undefined ? undefined : new vscode.ThemeColor(color));
    return;
  }
  // The file does not exist: VS Code takes the icon by its name.
  item.iconPath = vscode.ThemeIcon.File;
  item.resourceUri = vscode.Uri.from({ scheme: "jupyterhub-connect-spec", path: `/${fileName}` });
}
