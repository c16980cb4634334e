// The rows that the JupyterHub Connect view can show: hub and account → servers → sessions, kernels, kernel specs.
import type { Account } from "../../hub/account/account";
import type { HubConfiguration } from "../../hub/signIn/configuration";
import type { KernelModel } from "../../services/kernel/model";
import type { ConnectionStatus } from "../../services/kernel/socket/state";
import type { KernelSpec } from "../../services/kernelspec/model";
import type { SessionModel } from "../../services/session/model";
import type { TerminalModel } from "../../services/terminal/model";
import type { Server } from "../servers/server";
import type { StartProgress } from "../servers/serverStart";

/** A hub of the settings that nobody has signed in to. */
export interface HubRow {
  readonly kind: "hub";
  readonly hub: HubConfiguration;
}

export interface AccountRow {
  readonly kind: "account";
  readonly account: Account;
  /** Why its hub could not be asked the last time. */
  readonly problem: string | undefined;
}

export interface ServerRow {
  readonly kind: "server";
  readonly server: Server;
  /** Why it could not be asked the last time. */
  readonly problem: string | undefined;
  /** Its hub cannot be asked: what is shown is what was seen before that. */
  readonly isStale: boolean;
  /** When keeping it alive ends, in milliseconds since the epoch; undefined where it is not kept. */
  readonly keptUntil: number | undefined;
  /** The hub's last word of a start that this window waits for. */
  readonly progress: StartProgress | undefined;
}

/** The state of a kernel, wherever its row is. */
export interface KernelRowState {
  readonly server: Server;
  /** Its server cannot be asked: its state is the one that was seen before that. */
  readonly isStale: boolean;
  /** The state of a notebook's connection in this window; undefined where there is none. */
  readonly connection: ConnectionStatus | undefined;
}

/** A session with its kernel. */
export interface SessionRow extends KernelRowState {
  readonly kind: "session";
  readonly session: SessionModel;
  readonly kernel: KernelModel | null;
}

/** A kernel without a session. */
export interface KernelRow extends KernelRowState {
  readonly kind: "kernel";
  readonly kernel: KernelModel;
}

/** Things without a notebook: kernels without a session, consoles, terminals. */
export interface OthersRow {
  readonly kind: "others";
  readonly server: Server;
  readonly kernels: number;
  readonly consoles: number;
  /** Undefined while nobody has looked: terminals are asked for only then. */
  readonly terminals: number | undefined;
}

export interface ServerTerminalRow {
  readonly kind: "terminal";
  readonly server: Server;
  readonly terminal: TerminalModel;
}

export interface SpecsRow {
  readonly kind: "specs";
  readonly server: Server;
}

export interface SpecRow {
  readonly kind: "spec";
  readonly server: Server;
  readonly spec: KernelSpec;
  readonly isDefault: boolean;
  /** A data URI; undefined where it has none, or it has not come yet. */
  readonly logo: string | undefined;
}

/** A placeholder where there is no row, with the next step. */
export interface NoteRow {
  readonly kind: "note";
  readonly server: Server;
  /** `asking`: the answer is on its way; `problem`: it did not come; `empty`: there is nothing; `elsewhere`: it may not be asked yet. */
  readonly about: "asking" | "problem" | "empty" | "no-others" | "elsewhere";
  readonly problem: string | undefined;
}

export type Row = HubRow | AccountRow | ServerRow | SessionRow | KernelRow | OthersRow | ServerTerminalRow | SpecsRow | SpecRow | NoteRow;

/**
 * The same row keeps its key, and with it its selection and expansion, over refreshes. A server that has come up is
 * another row to VS Code, which would else keep it collapsed, as what could not be expanded.
 */
export function keyOf(row: Row): string {
  switch (row.kind) {
    case "hub":
      return `hub ${row.hub.url}`;
    case "account":
      return row.account.id;
    case "server":
      return `${row.server.state === "running" ? "running " : ""}server ${row.server.id}`;
    case "session":
      return `session ${row.server.id} ${row.session.id}`;
    case "kernel":
      return `kernel ${row.server.id} ${row.kernel.id}`;
    case "others":
      return `others ${row.server.id}`;
    case "terminal":
      return `terminal ${row.server.id} ${row.terminal.name}`;
    case "specs":
      return `specs ${row.server.id}`;
    case "spec":
      return `spec ${row.server.id} ${row.spec.name}`;
    case "note":
      return `note ${row.about} ${row.server.id}`;
  }
}

/** The kernel of a row; undefined where it has none. */
export function kernelOf(row: Row): KernelModel | undefined {
  return row.kind === "session" || row.kind === "kernel" ? (row.kernel ?? undefined) : undefined;
}

/** The display name of a session: its file's name, else its path. */
export function sessionTitle({ name, path }: SessionModel): string {
  return name || (path.split("/").pop() ?? "") || path;
}
