// One server of an account as the user sees it: its state on the hub, and its services while it runs.
import type { Account } from "../../hub/account/account";
import type { HubServer } from "../../hub/api/model";
import type { KernelSpecs } from "../../services/kernelspec/model";
import type { ServiceManager } from "../../services/serviceManager";

export type ServerState = "stopped" | "starting" | "running" | "stopping";

/** State of a server. Changed by `Servers` only. */
export interface Server {
  /** The same in every window and session. */
  readonly id: string;
  readonly account: Account;
  /** Whose it is: the account's own user, or somebody who shares it. */
  readonly owner: string;
  /** "" for the default server. */
  readonly name: string;
  /** Display name; the name where it has no other. */
  readonly displayName: string;
  /** `ana @ hub.example.org`, with the server's display name where it has one. */
  readonly label: string;
  readonly state: ServerState;
  /** The hub's model; undefined before the hub was asked. */
  readonly model: HubServer | undefined;
  /** The options it was started with the last time, as far as this window knows them; undefined where it never was, or with none. */
  readonly lastOptions: UserOptions | undefined;
  /** Names of further ones, whose values only the hub remembers: a start without options takes all of them. */
  readonly otherOptions?: readonly string[];
  /** The part of the options that may be shown. */
  readonly shownOptions?: readonly ShownOption[];
  /** While it runs. */
  readonly services: ServiceManager | undefined;
  /** The host where it runs, as the hub says, while the user has not agreed to go there: it has no services then. */
  readonly elsewhere: string | undefined;
  /** Live, or as remembered from the last time. */
  readonly kernelSpecs: KernelSpecs | undefined;
}

/** The spawner's `user_options`; keys and values are the spawner's own. */
export type UserOptions = Readonly<Record<string, unknown>>;

/** An option as it may be shown: with its value where the hub's page offers that. */
export interface ShownOption {
  readonly name: string;
  readonly value?: string;
}

export function serverId(account: Account, owner: string, name: string): string {
  const own = encodeURIComponent(name);
  return owner === account.userName ? `${account.id}/${own}` : `${account.id}/shared/${encodeURIComponent(owner)}/${own}`;
}

export function serverLabel(account: Account, owner: string, displayName: string): string {
  if (owner !== account.userName) return `${account.label} · ${[owner, displayName].filter(Boolean).join("/")}`;
  return displayName === "" ? account.label : `${account.label} · ${displayName}`;
}

/** Whether it belongs to somebody else: it can be used, not started or stopped. */
export function isShared(server: Server): boolean {
  return server.owner !== server.account.userName;
}

/** The state of the server by the hub's model. */
export function serverStateOf(model: HubServer): ServerState {
  if (model.pending === "spawn") return "starting";
  if (model.pending === "stop") return "stopping";
  return model.ready ? "running" : "stopped";
}
