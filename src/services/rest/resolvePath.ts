// Resolution of a path: in the server's files, and in a kernel's own file system.
import * as v from "valibot";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

/** api.yaml, `ResolvedPath` */
const resolvedPath = v.looseObject({
  /** `scope` is `server` or `kernel`; a path that leads nowhere is in none. */
  resolved: v.array(v.looseObject({ scope: v.string(), path: v.string() })),
  unresolved: v.nullish(v.array(v.looseObject({ scope: v.string(), reason: v.nullish(v.string(), "") })), []),
});

export type ResolvedPath = v.InferOutput<typeof resolvedPath>;

/**
 * GET /api/resolvePath (jupyter_server 2.17).
 * @param kernel id of a kernel to ask too
 * @throws ProductError `not-found` on older servers
 */
export function resolvePath(settings: ServerSettings, path: string, kernel?: string, options: Abort = {}): Promise<ResolvedPath> {
  return requestJson(settings, "api/resolvePath", resolvedPath, { query: { path, kernel }, ...options });
}
