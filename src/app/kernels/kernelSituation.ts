// The situation of a notebook's kernel: all that is known of it, reduced to the one thing to show the user.
import { hasCode, type ProductError } from "../../base/errors";
import type { KernelConnection } from "../../services/kernel/connection";
import type { ServerState } from "../servers/server";
import type { StartProgress } from "../servers/servers";

/** The cell that the kernel has begun with. */
export interface RunningCell {
  /** Its place in the notebook, from 1. */
  readonly number: number;
  /** How many cells wait behind it. */
  readonly waiting: number;
}

/** All that is known of the kernel. */
export interface SituationInput {
  readonly isSignedIn: boolean;
  readonly server: ServerState;
  /** The hub's last word of the server's start, while this window waits for it. */
  readonly progress?: StartProgress | undefined;
  /** The notebook waits for its kernel. */
  readonly isConnecting?: boolean;
  readonly kernel?:
    (Pick<KernelConnection, "status" | "connectionStatus" | "nextAttempt"> & Partial<Pick<KernelConnection, "refusal">>) | undefined;
  /** Why the notebook's last kernel ended, where it has no other yet. */
  readonly ended?: ProductError | undefined;
  readonly running?: RunningCell | undefined;
}

export type KernelSituation =
  | { readonly kind: "signed-out" | "server-stopped" | "server-stopping" }
  | { readonly kind: "server-starting"; readonly progress: StartProgress | undefined }
  | { readonly kind: "no-kernel" | "starting" | "connecting" | "idle" | "resting" | "restarting" | "terminating" }
  | { readonly kind: "busy"; readonly running: RunningCell | undefined }
  /** `nextAttempt`: when the connection is tried again, in milliseconds since the epoch; undefined: it is being tried. */
  | { readonly kind: "reconnecting"; readonly nextAttempt: number | undefined }
  /** `unreachable`: no websocket can be opened where it is. */
  | { readonly kind: "dead" | "evicted" | "unreachable"; readonly reason: string };

/** @param before what it was until now: a connection that is being made is another thing after one that was lost */
export function situationOf(facts: SituationInput, before?: KernelSituation["kind"]): KernelSituation {
  const { kernel, server, progress } = facts;
  if (kernel?.connectionStatus === "connected") return connected(kernel.status, facts, before);
  if (!facts.isSignedIn) return { kind: "signed-out" };
  if (server === "stopping") return { kind: "server-stopping" };
  if (kernel) return unconnected(kernel, before);
  if (server === "starting" || progress) return { kind: "server-starting", progress };
  if (facts.isConnecting) return { kind: "starting" };
  if (server === "stopped") return { kind: "server-stopped" };
  return ended(facts.ended);
}

function connected(
  status: KernelConnection["status"],
  { running }: SituationInput,
  before: KernelSituation["kind"] | undefined,
): KernelSituation {
  switch (status) {
    case "idle":
    case "starting":
    case "terminating":
      return { kind: status };
    case "busy":
      return { kind: "busy", running };
    case "restarting":
    case "autorestarting":
      return { kind: "restarting" };
    case "unknown":
    case "dead":
      // Its first status is on its way; if it does not come, the connection is lost too, or ends.
      return before === "restarting" ? { kind: "restarting" } : { kind: "connecting" };
  }
}

function unconnected(
  { status, connectionStatus, nextAttempt, refusal }: NonNullable<SituationInput["kernel"]>,
  before: KernelSituation["kind"] | undefined,
): KernelSituation {
  if (status === "restarting" || status === "autorestarting") return { kind: "restarting" };
  if (hasCode(refusal, "no-websocket")) return { kind: "unreachable", reason: refusal.message };
  if (connectionStatus === "resting") return { kind: "resting" };
  if (connectionStatus === "disconnected") return { kind: "reconnecting", nextAttempt };
  switch (before) {
    case "idle":
    case "busy":
    case "reconnecting":
      return { kind: "reconnecting", nextAttempt: undefined };
    case "restarting":
      return { kind: "restarting" };
    default:
      return { kind: "connecting" };
  }
}

function ended(error: ProductError | undefined): KernelSituation {
  if (error?.code === "evicted") return { kind: "evicted", reason: error.message };
  if (error?.code === "kernel-dead") return { kind: "dead", reason: error.message };
  return { kind: "no-kernel" };
}
