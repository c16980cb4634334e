// Options of a session context, and the results of its methods.
import type { Logger } from "../../base/log";
import type { KernelSpecManager } from "../kernelspec/manager";
import type { SessionConnection } from "./connection";
import type { KernelPreference } from "./defaultKernel";
import type { SessionManager } from "./manager";

/** A kernel to have: a new one by the name of its spec, or a running one by id. */
export type KernelChoice = { readonly name: string } | { readonly id: string };

export interface SessionContextOptions {
  readonly sessions: SessionManager;
  readonly kernelSpecs: KernelSpecManager;
  /** Identifies the client's session on the server. */
  readonly path: string;
  readonly name?: string;
  /** `notebook` unless told. */
  readonly type?: string;
  readonly preference?: KernelPreference;
  /** See `KernelConnectionOptions`. */
  readonly clientId?: string;
  readonly log?: Logger;
}

/** The result of `initialize`: a kernel, a user has to choose one, or none is wanted. */
export type Initialized = "connected" | "needs-selection" | "no-kernel";

/** Whether a session has another kernel than this, or one that is dead. */
export function isOther({ kernel }: SessionConnection, choice: KernelChoice): boolean {
  if (!kernel || kernel.model.execution_state === "dead") return true;
  return "id" in choice ? kernel.id !== choice.id : kernel.name !== choice.name;
}
