// The JupyterHub view in its container.
import * as vscode from "vscode";
import type { AppContext } from "../context";
import { HubTree } from "./tree";

/** Shows the tree; it is kept fresh while it is in view. */
export function registerSidebar(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): HubTree {
  const tree = new HubTree(app);
  const view = vscode.window.createTreeView("jupyterhubConnect.servers", { treeDataProvider: tree });
  subscriptions.push(
    tree,
    view,
    tree.onDidChangeTreeData(() => (view.message = tree.message ?? "")),
    view.onDidChangeVisibility(({ visible }) => tree.show(visible)),
  );
  if (view.visible) void tree.show(true);
  return tree;
}
