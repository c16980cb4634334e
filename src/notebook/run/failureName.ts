// The name of the error shown for a run that could not end by itself.
import { ProductError, type ErrorCode } from "../../base/errors";

const names: Partial<Record<ErrorCode, string>> = {
  "too-large": "Too large",
  "kernel-dead": "Kernel ended",
  "kernel-restarted": "Kernel restarted",
  "connection-lost": "Connection lost",
  evicted: "Connection taken over",
  disposed: "Disconnected",
  aborted: "Cancelled",
  timeout: "No answer",
  "server-stopped": "Server stopped",
  "server-error": "Server error",
  "start-failed": "Server did not start",
  "no-kernel-spec": "No such kernel",
  "signed-out": "Signed out",
  forbidden: "Not allowed",
  "no-websocket": "No websocket",
  unreachable: "Not reachable",
  certificate: "Certificate refused",
  proxy: "Proxy refused",
};

/** The heading for a failed run; the error's message goes below it. */
export function failureName(error: unknown): string {
  return (error instanceof ProductError ? names[error.code] : undefined) ?? "Could not run the cell";
}
