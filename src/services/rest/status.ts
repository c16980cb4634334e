// Status of a server: how busy it is. Asking does not count as activity for the server itself, but does for its hub's proxy.
import * as v from "valibot";
import { megabyte } from "../../transport/body";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

/** api.yaml, `APIStatus` */
const statusModel = v.looseObject({
  /** ISO 8601, both. */
  started: v.nullish(v.string()),
  last_activity: v.nullish(v.string()),
  /** Open connections to kernels. */
  connections: v.nullish(v.number(), 0),
  /** Running kernels. */
  kernels: v.nullish(v.number(), 0),
});

export type ServerStatus = v.InferOutput<typeof statusModel>;

/** GET /api/status */
export function serverStatus(settings: ServerSettings, options: Abort = {}): Promise<ServerStatus> {
  return requestJson(settings, "api/status", statusModel, { maxBytes: megabyte, ...options });
}
