// Row view of a server.
import type { ServerRow } from "../../app/hubTree/rows";
import { optionsText } from "../../app/servers/offeredOptions";
import { isShared, type Server } from "../../app/servers/server";
import { clockTime, duration } from "../duration";
import type { RowView, ServerKind } from "./rowView";

/** Milliseconds. */
const shortest = 60_000;
/** Milliseconds: the hub itself notes activity only every few minutes. */
const idleShown = 10 * 60_000;

export function serverView(row: ServerRow, now: number): RowView {
  const { server, problem, keptUntil } = row;
  const running = server.state === "running";
  const kind: ServerKind = isShared(server) || !server.account.isOnHub ? "shared" : server.name === "" ? "default" : "named";
  return {
    label: serverRowTitle(server),
    description: words(row, now),
    tooltip: problem ?? tooltip(server, keptUntil),
    icon: icon(row),
    context: `server.${server.state}.${kind}${keptUntil === undefined ? "" : ".kept"}`,
    under: running ? (isShared(server) ? "collapsed" : "expanded") : "nothing",
  };
}

/** The display name of a server. */
export function serverRowTitle(server: Server): string {
  if (isShared(server)) return `${server.displayName || "Server"} of ${server.owner}`;
  return server.displayName || (server.account.isOnHub ? "Default server" : "Server");
}

function words({ server, problem, isStale, keptUntil, progress }: ServerRow, now: number): string {
  const { state } = server;
  if (problem !== undefined) return "not reachable";
  // Its hub cannot be asked: it may have come up or gone since.
  if (isStale) return `${state} when last seen`;
  if (state === "starting" && progress)
    return ["starting", `${Math.round(progress.fraction * 100)}%`, progress.message].filter(Boolean).join(" · ");
  if (keptUntil !== undefined) return `${state} · kept alive until ${clockTime(keptUntil)}`;
  return [stateWords(server, now), idle(server, now)].filter(Boolean).join(" · ");
}

/** `running 2 h 5 min`: since when it is up. */
function stateWords({ state, model }: Server, now: number): string {
  const up = state === "running" ? since(model?.started, now) : undefined;
  return up === undefined || up < shortest ? state : `${state} ${duration(up)}`;
}

/** How long the hub has seen no activity; by that it decides which servers to stop. */
function idle({ state, model }: Server, now: number): string {
  const ms = state === "running" ? since(model?.last_activity, now) : undefined;
  return ms === undefined || ms < idleShown ? "" : `idle ${duration(ms)}`;
}

function since(at: string | null | undefined, now: number): number | undefined {
  const ms = at ? now - Date.parse(at) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function tooltip(server: Server, keptUntil: number | undefined): string {
  const { model, state } = server;
  const moment = (what: string, at: string | null | undefined): string => (at ? `${what}: ${new Date(at).toLocaleString()}` : "");
  const options = server.shownOptions === undefined ? "" : `Options: ${optionsText(server.shownOptions)}`;
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

function icon({ server, problem, keptUntil }: ServerRow): RowView["icon"] {
  if (problem !== undefined) return ["debug-disconnect", "list.warningForeground"];
  if (keptUntil !== undefined) return ["watch"];
  switch (server.state) {
    case "running":
      return ["vm-running"];
    case "starting":
    case "stopping":
      return ["loading~spin"];
    case "stopped":
      return ["vm-outline"];
  }
}
