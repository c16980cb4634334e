// Row view of a kernel, with its session or without.
import { sessionTitle, type KernelRowState, type KernelRow, type SessionRow } from "../../app/hubTree/rows";
import type { Server } from "../../app/servers/server";
import type { KernelModel } from "../../services/kernel/model";
import { duration } from "../duration";
import type { RowView } from "./rowView";

/** Milliseconds: shorter idleness is no news. */
const idleShown = 10 * 60_000;

/** The file first, then its folder: what VS Code's filter box finds is the label. */
export function sessionView(row: SessionRow, now: number): RowView {
  const { session, kernel, server } = row;
  const title = sessionTitle(session);
  const folder = folderOf(session.path, title);
  const state = kernel ? look(kernel, row, now) : { words: "no kernel", icon: ["circle-slash"] as const };
  const lines = [
    session.path,
    state.words,
    kernel ? `Kernel: ${specName(server, kernel.name)}` : "It has no kernel.",
    ...(kernel ? kernelLines(kernel) : []),
  ];
  return {
    label: folder === "" ? title : `${title} (${folder})`,
    description: [state.words, kernel && specName(server, kernel.name), kernel && shared(kernel)].filter(Boolean).join(" · "),
    tooltip: lines.join("\n"),
    icon: state.icon,
    context: kernel ? `session.kernel.${session.type || "notebook"}` : "session.empty",
    under: "nothing",
  };
}

export function kernelView(row: KernelRow, now: number): RowView {
  const { kernel, server } = row;
  const { words, icon } = look(kernel, row, now);
  return {
    label: specName(server, kernel.name),
    // Several of a kind are distinguished by the beginning of their ids.
    description: [words, kernel.id.slice(0, 8), shared(kernel)].filter(Boolean).join(" · "),
    tooltip: [words, ...kernelLines(kernel)].join("\n"),
    icon,
    context: "kernel.kernel",
    under: "nothing",
  };
}

/** The display name of a kernel spec; its name where the server does not say. */
export function specName(server: Server, name: string): string {
  return server.kernelSpecs?.specs.find((spec) => spec.name === name)?.displayName ?? name;
}

interface StateLook {
  readonly words: string;
  readonly icon: RowView["icon"];
}

/** The kernel's state: by a connection of this window where there is one, else as its server last said. */
function look(kernel: KernelModel, { connection, isStale }: KernelRowState, now: number): StateLook {
  if (connection === "disconnected") return { words: "not reachable, trying again", icon: ["debug-disconnect", "list.warningForeground"] };
  if (isStale && connection !== "connected")
    return { words: `last seen ${kernel.execution_state}`, icon: ["debug-disconnect", "list.warningForeground"] };
  switch (kernel.execution_state) {
    case "busy":
      return { words: "busy", icon: ["circle-filled", "charts.orange"] };
    case "idle":
      return { words: idleWords(kernel, now), icon: ["circle-outline", "charts.green"] };
    case "starting":
    case "restarting":
    case "terminating":
      return { words: kernel.execution_state === "terminating" ? "shutting down" : kernel.execution_state, icon: ["loading~spin"] };
    case "autorestarting":
      return { words: "died, restarting", icon: ["loading~spin"] };
    case "dead":
      return { words: "dead", icon: ["error", "list.errorForeground"] };
    default:
      return { words: "state not known", icon: ["circle-outline"] };
  }
}

function idleWords({ last_activity: at }: KernelModel, now: number): string {
  const ms = at ? now - Date.parse(at) : Number.NaN;
  return ms >= idleShown ? `idle ${duration(ms)}` : "idle";
}

/** Other clients are mentioned: what is done to the kernel is done to them. */
function shared({ connections }: KernelModel): string {
  return connections > 1 ? `${connections} connections` : "";
}

function kernelLines({ id, connections, last_activity: at }: KernelModel): readonly string[] {
  const activity = at ? [`Last activity: ${new Date(at).toLocaleString()}`] : [];
  return [`Id: ${id}`, `Connections: ${connections}`, ...activity];
}

/** The folder of a session's path, where the path is that of the file it is named after. */
function folderOf(path: string, title: string): string {
  const cut = path.lastIndexOf("/");
  return cut > 0 && path.slice(cut + 1) === title ? path.slice(0, cut) : "";
}
