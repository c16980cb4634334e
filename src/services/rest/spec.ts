// The server's own description of its API.
import { request } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

/** GET /api/spec.yaml: an OpenAPI 2 document, as the text that it is. */
export async function apiSpec(settings: ServerSettings, options: Abort = {}): Promise<string> {
  return (await request(settings, "api/spec.yaml", { accept: "text/x-yaml", ...options })).text;
}
