// The status of a client's kernel in a word or two for people; pure.
import type { KernelConnection } from "../kernel/connection";

/** The action of a session context on its kernel. */
export type Pending = "starting" | "restarting" | "shutting-down";

type Shown = Pick<KernelConnection, "status" | "connectionStatus" | "ended">;

/** @param kernel the present connection, which may have ended */
export function friendlyStatus({ pending, kernel }: { readonly pending: Pending | undefined; readonly kernel: Shown | null }): string {
  switch (pending) {
    case "starting":
      return "Starting";
    case "restarting":
      return "Restarting";
    case "shutting-down":
      return "Shutting down";
    case undefined:
      return kernel ? ofKernel(kernel) : "No kernel";
  }
}

function ofKernel({ status, connectionStatus, ended }: Shown): string {
  if (ended?.code === "evicted") return "Used in another window";
  if (ended?.code === "server-stopped") return "Server stopped";
  switch (status) {
    case "starting":
      return "Starting";
    case "idle":
      return "Idle";
    case "busy":
      return "Busy";
    case "restarting":
      return "Restarting";
    case "autorestarting":
      return "Restarting after a crash";
    case "terminating":
      return "Shutting down";
    case "dead":
      return "Dead";
    case "unknown":
      return { connecting: "Connecting", connected: "Connected", disconnected: "Disconnected", resting: "Resting" }[connectionStatus];
  }
}
