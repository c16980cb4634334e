// Texts of the status bar item for each situation of a kernel, and the actions it offers.
import type { KernelSituation } from "../../../app/kernels/kernelSituation";
import { clockTime } from "../../duration";

/** The situation of a kernel, and since when. */
export interface KernelStatusView {
  readonly situation: KernelSituation;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The kernel's name for people, such as `Python 3 (ipykernel)`. */
  readonly kernel: string;
  /** The server's, such as `ana @ hub.example.org`. */
  readonly server: string;
  /** When the server was started, in milliseconds since the epoch, where that is known. */
  readonly serverStarted?: number | undefined;
  /** Whether the user may start and stop the server. */
  readonly isOwnServer: boolean;
}

/** Everything that can be done to a notebook's kernel. */
export type StatusAction =
  | "reconnect"
  | "interrupt"
  | "startKernel"
  | "restart"
  | "restartAndRunAll"
  | "shutDown"
  | "startServer"
  | "stopServer"
  | "signIn"
  | "selectKernel"
  | "showLog";

/** The text of the status bar item, without its icon. */
export function statusText({ situation }: KernelStatusView, now: number): string {
  switch (situation.kind) {
    case "signed-out":
      return "Signed out of hub";
    case "server-stopped":
      return "Server stopped";
    case "server-stopping":
      return "Server stopping…";
    case "server-starting":
      return situation.progress ? `Server starting… ${Math.round(situation.progress.fraction * 100)} %` : "Server starting…";
    case "no-kernel":
      return "No kernel yet";
    case "starting":
      return "Kernel starting…";
    case "connecting":
      return "Connecting to kernel…";
    case "idle":
      return "Kernel idle";
    case "resting":
      return "Kernel resting";
    case "busy": {
      const { running } = situation;
      if (!running) return "Kernel busy";
      return `Kernel busy: cell ${running.number}${running.waiting > 0 ? `, ${running.waiting} waiting` : ""}`;
    }
    case "reconnecting":
      return situation.nextAttempt === undefined ? "Reconnecting…" : `Reconnecting in ${secondsUntil(situation.nextAttempt, now)} s`;
    case "restarting":
      return "Kernel restarting…";
    case "terminating":
      return "Kernel shutting down…";
    case "dead":
      return "Kernel dead";
    case "evicted":
      return "Kernel used elsewhere";
    case "unreachable":
      return "No connection to kernel";
  }
}

/** The name of the theme icon before it. */
export function statusIcon({ situation }: KernelStatusView): string {
  switch (situation.kind) {
    case "signed-out":
      return "sign-in";
    case "server-stopped":
      return "debug-stop";
    case "no-kernel":
      return "circle-slash";
    case "idle":
      return "circle-large-outline";
    case "resting":
      return "debug-pause";
    case "busy":
      return "circle-large-filled";
    case "reconnecting":
      return situation.nextAttempt === undefined ? "loading~spin" : "debug-disconnect";
    case "dead":
      return "error";
    case "evicted":
      return "arrow-swap";
    case "unreachable":
      return "debug-disconnect";
    case "server-stopping":
    case "server-starting":
    case "starting":
    case "connecting":
    case "restarting":
    case "terminating":
      return "loading~spin";
  }
}

/** The severity: the colour of the item. */
export function statusWeight({ situation: { kind } }: KernelStatusView): "error" | "warning" | undefined {
  if (kind === "dead" || kind === "unreachable") return "error";
  return kind === "reconnecting" || kind === "evicted" ? "warning" : undefined;
}

/** The tooltip: the situation and since when, its meaning, the kernel, the server. */
export function statusLines(status: KernelStatusView): string[] {
  const { situation, since, kernel, server, serverStarted } = status;
  const meaning = meaningOf(situation);
  const started = serverStarted === undefined ? "" : `, started at ${clockTime(serverStarted)}`;
  return [
    `${plain(situation)} since ${clockTime(since)}`,
    ...(meaning === undefined ? [] : [meaning]),
    `Kernel: ${kernel}`,
    `Server: ${server}${started}`,
  ];
}

/** The accessibility label. The countdown is left out: it would be read again every second. */
export function statusLabel({ situation, since, kernel, server }: KernelStatusView): string {
  return `${plain(situation)} since ${clockTime(since)}, ${kernel} on ${server}`;
}

/** The actions that make sense, the likeliest first. */
export function actionsFor({ situation: { kind }, isOwnServer }: KernelStatusView): readonly StatusAction[] {
  return [...own(kind, isOwnServer), "selectKernel", "showLog"];
}

function own(kind: KernelSituation["kind"], isOwnServer: boolean): readonly StatusAction[] {
  switch (kind) {
    case "signed-out":
      return ["signIn"];
    case "server-stopped":
      return isOwnServer ? ["startServer"] : [];
    case "server-starting":
      return isOwnServer ? ["stopServer"] : [];
    case "no-kernel":
    case "dead":
    case "evicted":
      return ["startKernel"];
    case "idle":
      return ["restart", "restartAndRunAll", "shutDown"];
    case "resting":
      return ["reconnect", "restart", "restartAndRunAll", "shutDown"];
    case "busy":
      return ["interrupt", "restart", "restartAndRunAll", "shutDown"];
    case "reconnecting":
    case "connecting":
    case "unreachable":
      return ["reconnect"];
    case "server-stopping":
    case "starting":
    case "restarting":
    case "terminating":
      return [];
  }
}

/** The situation in words that stay true while it lasts. */
function plain(situation: KernelSituation): string {
  switch (situation.kind) {
    case "reconnecting":
      return "Connection to the kernel lost";
    case "server-starting":
      return "Server starting";
    case "no-kernel":
      return "No kernel";
    case "busy":
      return situation.running
        ? `Kernel busy with cell ${situation.running.number}`
        : "Kernel busy with something that was not started here";
    default:
      return statusText({ situation, since: 0, kernel: "", server: "", isOwnServer: false }, 0).replace(/…$/, "");
  }
}

function meaningOf(situation: KernelSituation): string | undefined {
  switch (situation.kind) {
    case "server-stopped":
      return "It starts with the next cell that you run.";
    case "no-kernel":
      return "One starts with the next cell that you run.";
    case "server-starting":
      return situation.progress?.message || undefined;
    case "busy":
      return situation.running && situation.running.waiting > 0
        ? `${situation.running.waiting} more ${situation.running.waiting === 1 ? "cell waits" : "cells wait"}.`
        : undefined;
    case "reconnecting":
      return "Cells that the kernel has go on; what they print meanwhile is shown afterwards. It is tried again and again.";
    case "resting":
      return "You were away, so the connection was closed: the hub need not keep the server for it. The kernel keeps its variables; the next cell connects again.";
    case "dead":
    case "evicted":
    case "unreachable":
      return situation.reason;
    default:
      return undefined;
  }
}

function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1_000));
}
