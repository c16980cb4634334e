// One server of an account, as the user sees it: its state on the hub, its services while it runs.
import * as v from "valibot";
import type { Account } from "../hub/account";
import type { HubServer } from "../hub/model";
import type { KernelSpecs } from "../services/kernelspec/model";
import type { ServiceManager } from "../services/serviceManager";

export type ServerState = "stopped" | "starting" | "running" | "stopping";

/** What is known of a server. Changed by `Servers` only. */
export interface Server {
  /** The same in every window and session. */
  readonly id: string;
  readonly account: Account;
  /** "" for the default server. */
  readonly name: string;
  /** `ana @ hub.example.org`, with the server's name where it has one. */
  readonly label: string;
  readonly state: ServerState;
  /** The hub's model; undefined before the hub was asked. */
  readonly model: HubServer | undefined;
  /** While it runs. */
  readonly services: ServiceManager | undefined;
  /** Live, or as remembered from the last time. */
  readonly kernelSpecs: KernelSpecs | undefined;
}

export function serverId(account: Account, name: string): string {
  return `${account.id}/${encodeURIComponent(name)}`;
}

export function serverLabel(account: Account, name: string): string {
  return name === "" ? account.label : `${account.label} · ${name}`;
}

/** What the hub's model says the server is doing. */
export function stateOf(model: HubServer): ServerState {
  if (model.pending === "spawn") return "starting";
  if (model.pending === "stop") return "stopping";
  return model.ready ? "running" : "stopped";
}

/** Kernel specs as they are remembered. */
export const rememberedSpecs = v.object({
  server: v.string(),
  default: v.string(),
  specs: v.array(
    v.object({
      name: v.string(),
      displayName: v.string(),
      language: v.string(),
      interruptMode: v.string(),
      metadata: v.record(v.string(), v.unknown()),
      resources: v.record(v.string(), v.string()),
    }),
  ),
});
