// The rows of the JupyterHub view: hub and account → servers → sessions, kernels, kernel specs.
import * as vscode from "vscode";
import { isShared, type Server } from "../../app/server";
import type { Account } from "../../hub/account";
import type { HubConfiguration } from "../../hub/configuration";
import type { KernelModel } from "../../services/kernel/model";
import type { KernelSpec } from "../../services/kernelspec/model";
import type { SessionModel } from "../../services/session/model";
import { clockTime, duration } from "../duration";

export type Node =
  | { readonly kind: "hub"; readonly hub: HubConfiguration }
  | { readonly kind: "account"; readonly account: Account; readonly problem: string | undefined }
  | {
      readonly kind: "server";
      readonly server: Server;
      readonly problem: string | undefined;
      /** When keeping it alive ends, in milliseconds since the epoch; undefined where it is not kept. */
      readonly keptUntil: number | undefined;
    }
  | { readonly kind: "specs"; readonly server: Server }
  | { readonly kind: "spec"; readonly server: Server; readonly spec: KernelSpec; readonly isDefault: boolean }
  | { readonly kind: "session"; readonly server: Server; readonly session: SessionModel }
  | { readonly kind: "kernel"; readonly server: Server; readonly kernel: KernelModel };

/** How a row looks and what screen readers say. */
export function itemOf(node: Node): vscode.TreeItem {
  const item = draw(node);
  const description = typeof item.description === "string" ? item.description : "";
  item.accessibilityInformation = { label: [kindWord(node), labelOf(item), description].filter(Boolean).join(", ") };
  return item;
}

/**
 * The same row keeps its id, and with it its selection and expansion, over refreshes. A server that has come up is
 * another row to VS Code, which would else keep it collapsed, as what could not be expanded.
 */
function idOf(node: Node): string {
  switch (node.kind) {
    case "hub":
      return `hub ${node.hub.url}`;
    case "account":
      return node.account.id;
    case "server":
      return `${node.server.state === "running" ? "running " : ""}server ${node.server.id}`;
    case "specs":
      return `specs ${node.server.id}`;
    case "spec":
      return `spec ${node.server.id} ${node.spec.name}`;
    case "session":
      return `session ${node.server.id} ${node.session.id}`;
    case "kernel":
      return `kernel ${node.server.id} ${node.kernel.id}`;
  }
}

function draw(node: Node): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case "hub": {
      const item = row(node, node.hub.label ?? new URL(node.hub.url).host, None, "server");
      item.contextValue = "hub";
      item.description = "not signed in";
      item.tooltip = `${node.hub.url}\nA hub of your institution: sign in to use it.`;
      item.command = { title: "Sign In", command: "jupyterhubConnect.signIn", arguments: [node] };
      return item;
    }
    case "account": {
      const out = node.account.state === "signed-out";
      const item = row(node, node.account.label, Expanded, out ? "warning" : "account");
      item.contextValue = out ? "account.signedOut" : node.account.isOnHub ? "account.signedIn" : "account.plain";
      item.description = out ? "signed out" : node.problem === undefined ? "" : "not reachable";
      item.tooltip = node.problem ?? `${node.account.hub.href}\nSigned ${out ? "out" : "in"}${node.account.isOnHub ? ` as ${node.account.userName}` : ", without a hub"}`;
      return item;
    }
    case "server":
      return drawServer(node);
    case "specs": {
      const item = row(node, "Kernel specs", Collapsed, "library");
      item.description = String(node.server.kernelSpecs?.specs.length ?? 0);
      item.tooltip = "The kernels this server can start. Choose one in a notebook's kernel picker.";
      return item;
    }
    case "spec": {
      const item = row(node, node.spec.displayName, None, "symbol-misc");
      item.description = node.isDefault ? "default" : "";
      item.tooltip = `${node.spec.name} (${node.spec.language})`;
      return item;
    }
    case "session": {
      const { session } = node;
      const item = row(node, session.name || session.path, None, kernelIcon(session.kernel?.execution_state));
      item.contextValue = "session";
      item.description = [session.kernel?.execution_state, specName(node.server, session.kernel?.name)].filter(Boolean).join(" · ");
      item.tooltip = `${session.path}\nKernel: ${specName(node.server, session.kernel?.name) || "none"}\n${activity(session.kernel)}`;
      return item;
    }
    case "kernel": {
      const item = row(node, specName(node.server, node.kernel.name), None, kernelIcon(node.kernel.execution_state));
      item.contextValue = "kernel";
      item.description = `${node.kernel.execution_state} · without a session`;
      item.tooltip = `Kernel ${node.kernel.id}\n${activity(node.kernel)}`;
      return item;
    }
  }
}

function drawServer(node: Extract<Node, { kind: "server" }>): vscode.TreeItem {
  const { server, problem, keptUntil } = node;
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const running = server.state === "running";
  const isKept = keptUntil !== undefined;
  const icon = isKept ? new vscode.ThemeIcon("watch") : serverIcon(server);
  const item = row(node, serverTitle(server), running ? (isShared(server) ? Collapsed : Expanded) : None, icon);
  const marks = [server.state, isShared(server) || !server.account.isOnHub ? "shared" : server.name === "" ? "default" : "named", isKept ? "kept" : ""];
  const words = isKept ? [server.state, `kept alive until ${clockTime(keptUntil)}`] : [stateWords(server), idle(server)];
  item.contextValue = `server.${marks.filter(Boolean).join(".")}`;
  item.description = problem === undefined ? words.filter(Boolean).join(" · ") : "not reachable";
  item.tooltip = problem ?? serverTooltip(server, keptUntil);
  return item;
}

function serverTitle(server: Server): string {
  if (isShared(server)) return `${server.displayName || "Server"} of ${server.owner}`;
  return server.displayName || (server.account.isOnHub ? "Default server" : "Server");
}

/** `running 2 h 5 min`: since when it is up. */
function stateWords({ state, model }: Server): string {
  const up = state === "running" ? sinceMs(model?.started) : undefined;
  return up === undefined || up < shortest ? state : `${state} ${duration(up)}`;
}

/** How long the hub has seen no activity; by that it decides which servers to stop. */
function idle({ state, model }: Server): string {
  const ms = state === "running" ? sinceMs(model?.last_activity) : undefined;
  return ms === undefined || ms < idleShown ? "" : `idle ${duration(ms)}`;
}

function sinceMs(at: string | null | undefined): number | undefined {
  const ms = at ? Date.now() - Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Milliseconds. */
const shortest = 60_000;
/** Milliseconds: the hub itself notes activity only every few minutes. */
const idleShown = 10 * 60_000;

function serverTooltip(server: Server, keptUntil: number | undefined): string {
  const { model, state } = server;
  const moment = (what: string, at: string | null | undefined): string => (at ? `${what}: ${new Date(at).toLocaleString()}` : "");
  const options = server.lastOptions === undefined ? "" : `Options: ${JSON.stringify(server.lastOptions).slice(0, 300)}`;
  const lines = [
    server.label,
    state,
    state === "running" ? moment("Started", model?.started) : "",
    moment("Last activity as the hub counts it", model?.last_activity),
    options,
    keptUntil === undefined ? "" : `Kept alive until ${new Date(keptUntil).toLocaleString()}; it may cost the hub or you until then.`,
  ];
  return lines.filter(Boolean).join("\n");
}

function row(node: Node, label: string, state: vscode.TreeItemCollapsibleState, icon: string | vscode.ThemeIcon): vscode.TreeItem {
  const item = new vscode.TreeItem(label, state);
  item.id = idOf(node);
  item.iconPath = typeof icon === "string" ? new vscode.ThemeIcon(icon) : icon;
  return item;
}

function serverIcon({ state }: Server): vscode.ThemeIcon {
  switch (state) {
    case "running":
      return new vscode.ThemeIcon("vm-running");
    case "starting":
    case "stopping":
      return new vscode.ThemeIcon("loading~spin");
    case "stopped":
      return new vscode.ThemeIcon("vm-outline");
  }
}

function kernelIcon(state: string | undefined): vscode.ThemeIcon {
  switch (state) {
    case "busy":
      return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("charts.orange"));
    case "idle":
      return new vscode.ThemeIcon("circle-outline", new vscode.ThemeColor("charts.green"));
    case "dead":
      return new vscode.ThemeIcon("error");
    default:
      return new vscode.ThemeIcon("circle-outline");
  }
}

function specName(server: Server, name: string | undefined): string {
  return server.kernelSpecs?.specs.find((spec) => spec.name === name)?.displayName ?? name ?? "";
}

function activity(kernel: KernelModel | null): string {
  const at = kernel?.last_activity;
  return at ? `Last activity: ${new Date(at).toLocaleString()}` : "";
}

function labelOf({ label }: vscode.TreeItem): string {
  return typeof label === "string" ? label : (label?.label ?? "");
}

function kindWord({ kind }: Node): string {
  return { hub: "Hub", account: "Account", server: "Server", specs: "Group", spec: "Kernel spec", session: "Session", kernel: "Kernel" }[kind];
}
