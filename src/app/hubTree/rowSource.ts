// The rows of the view, derived from known data; sends no requests.
import type { Account } from "../../hub/account/account";
import type { KernelModel } from "../../services/kernel/model";
import type { ServiceManager } from "../../services/serviceManager";
import type { SessionModel } from "../../services/session/model";
import type { Hubs } from "../hubs/hubs";
import type { HubWatch } from "../servers/hubWatch";
import type { KeepAlive } from "../servers/keepAlive";
import type { Server } from "../servers/server";
import type { StartProgress } from "../servers/serverStart";
import type { Servers } from "../servers/servers";
import type { ServerPolls } from "./serverPolls";
import type { OnDemand } from "./onDemand";
import { sessionTitle, type KernelRowState, type NoteRow, type Row } from "./rows";

/** The sources of the rows. */
export interface RowSourceParts {
  readonly hubs: Hubs;
  readonly servers: Servers;
  readonly hubWatch: HubWatch;
  readonly keepAlive: KeepAlive;
  /** The starts that this window waits for. */
  readonly starts: { of(server: Server): StartProgress | undefined };
}

/** The outcome of the polls. */
export interface Answers {
  readonly looks: ServerPolls;
  readonly onDemand: OnDemand;
}

/** The rows under a row, or the first ones. */
export function rowsUnder(row: Row | undefined, parts: RowSourceParts, { looks, onDemand }: Answers): readonly Row[] {
  switch (row?.kind) {
    case undefined:
      return [
        ...parts.hubs.accounts.map((account) => accountRow(account, parts)),
        ...parts.hubs.unused.map((hub): Row => ({ kind: "hub", hub })),
      ];
    case "account":
      return parts.servers.of(row.account).map((server) => serverRow(server, parts, looks));
    case "server":
      return inServer(row.server, looks);
    case "others":
      return others(row.server, looks);
    case "specs":
      return specs(row.server, onDemand);
    default:
      return [];
  }
}

function accountRow(account: Account, { hubWatch }: RowSourceParts): Row {
  return { kind: "account", account, problem: hubWatch.problem(account)?.message };
}

function serverRow(server: Server, { hubWatch, keepAlive, starts }: RowSourceParts, looks: ServerPolls): Row {
  return {
    kind: "server",
    server,
    problem: looks.of(server).problem,
    isStale: hubWatch.problem(server.account) !== undefined,
    keptUntil: keepAlive.until(server),
    progress: starts.of(server),
  };
}

function inServer(server: Server, looks: ServerPolls): readonly Row[] {
  const { services } = server;
  if (!services) return server.state === "running" && server.elsewhere !== undefined ? [note(server, "elsewhere")] : [];
  const { isAsking, problem, terminals } = looks.of(server);
  const isKnown = services.kernels.isReady && services.sessions.isReady;
  if (!isKnown) return [note(server, problem === undefined || isAsking ? "asking" : "problem", problem), { kind: "specs", server }];
  const { notebooks, consoles, alone } = split(services);
  const rows = notebooks.map((session) => sessionRow(session, server, looks)).sort(byTitle);
  const before = problem === undefined ? [] : [note(server, "problem", problem)];
  const empty = rows.length === 0 && problem === undefined ? [note(server, "empty")] : [];
  return [
    ...[...before, ...rows, ...empty],
    { kind: "others", server, kernels: alone.length, consoles: consoles.length, terminals: terminals?.length },
    { kind: "specs", server },
  ];
}

function others(server: Server, looks: ServerPolls): readonly Row[] {
  const { services } = server;
  if (!services) return [];
  const { consoles, alone } = split(services);
  const terminals = looks.of(server).terminals ?? [];
  const rows = [
    ...alone.map((kernel): Row => ({ kind: "kernel", kernel, ...facts(server, kernel, looks) })),
    ...consoles.map((session) => sessionRow(session, server, looks)).sort(byTitle),
    ...terminals.map((terminal): Row => ({ kind: "terminal", server, terminal })),
  ];
  return rows.length > 0 ? rows : [note(server, "no-others")];
}

function specs(server: Server, onDemand: OnDemand): readonly Row[] {
  const known = server.kernelSpecs;
  return (known?.specs ?? []).map((spec) => ({
    kind: "spec",
    server,
    spec,
    isDefault: spec.name === known?.default,
    logo: onDemand.logoNow(server, spec.name),
  }));
}

function note(server: Server, about: NoteRow["about"], problem?: string): Row {
  return { kind: "note", server, about, problem };
}

function split({ sessions, kernels }: ServiceManager): {
  readonly notebooks: readonly SessionModel[];
  readonly consoles: readonly SessionModel[];
  readonly alone: readonly KernelModel[];
} {
  const inSessions = new Set(sessions.running.map(({ kernel }) => kernel?.id));
  return {
    notebooks: sessions.running.filter(({ type }) => type !== "console"),
    consoles: sessions.running.filter(({ type }) => type === "console"),
    alone: kernels.running.filter(({ id }) => !inSessions.has(id)),
  };
}

function sessionRow(session: SessionModel, server: Server, looks: ServerPolls): Extract<Row, { kind: "session" }> {
  // A status that a connection has received is newer than the session's copy of it.
  const kernel = session.kernel && (server.services?.kernels.findById(session.kernel.id) ?? session.kernel);
  return { kind: "session", session, kernel, ...facts(server, kernel, looks) };
}

function facts(server: Server, kernel: KernelModel | null, looks: ServerPolls): KernelRowState {
  const connection = server.services?.kernels.connections.find(({ id }) => id === kernel?.id);
  return { server, isStale: looks.of(server).problem !== undefined, connection: connection?.connectionStatus };
}

function byTitle(a: Extract<Row, { kind: "session" }>, b: Extract<Row, { kind: "session" }>): number {
  return sessionTitle(a.session).localeCompare(sessionTitle(b.session)) || a.session.path.localeCompare(b.session.path);
}
