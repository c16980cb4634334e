// The JupyterHub view in its container.
import * as vscode from "vscode";
import type { AppContext } from "../context";
import { HubTree } from "./tree";

/** Shows the tree; it is refreshed whenever it comes into view. */
export function registerSidebar(app: AppContext, subscriptions: vscode.ExtensionContext["subscriptions"]): HubTree {
  const tree = new HubTree(app);
  const view = vscode.window.createTreeView("jupyterhubConnect.servers", { treeDataProvider: tree });
  subscriptions.push(
    tree,
    view,
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) void tree.refresh();
    }),
  );
  if (view.visible) void tree.refresh();
  return tree;
}
