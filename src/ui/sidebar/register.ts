// The JupyterHub Connect view in its container.
import type * as vscode from "vscode";
import type { TreeNode } from "../../app/hubTree/nodes";
import { Throttle } from "../../base/throttle";
import type { AppContext } from "../context";
import { createTreeView } from "../say/items";
import { count } from "./rowViews";
import { RowProvider } from "./tree";

/** Milliseconds until the badge shows a change: kernels that run short cells are busy and idle many times a second. */
const countedAfter = 1_000;

/** Shows the tree; it is kept fresh while it is in view. */
export function registerSidebar(
  { hubTree }: AppContext,
  subscriptions: vscode.ExtensionContext["subscriptions"],
): vscode.TreeView<TreeNode> {
  const provider = new RowProvider(hubTree);
  const view = createTreeView("jupyterhubConnect.servers", { treeDataProvider: provider, canSelectMany: true });
  const tell = (): void => {
    view.message = hubTree.message ?? "";
  };
  const badge = new Throttle(() => {
    const { busy } = hubTree;
    view.badge = busy === 0 ? undefined : { value: busy, tooltip: `${count(busy, "kernel")} busy` };
  }, countedAfter);
  subscriptions.push(
    provider,
    view,
    hubTree.onDidChange(tell),
    badge,
    hubTree.onDidChangeBusy(() => badge.ask()),
    view.onDidExpandElement(({ element }) => hubTree.open(element)),
    view.onDidCollapseElement(({ element }) => hubTree.close(element)),
    view.onDidChangeVisibility(({ visible }) => hubTree.show(visible)),
  );
  hubTree.show(view.visible);
  return view;
}
