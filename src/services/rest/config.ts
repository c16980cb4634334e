// Configuration sections that the server keeps for its frontends.
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import type { Abort } from "./abort";

const section = v.record(v.string(), v.unknown());

export type ConfigSection = v.InferOutput<typeof section>;

/** GET /api/config/SECTION; one that was never written is empty. @param name letters, digits and `_` */
export async function getConfig(settings: ServerSettings, name: string, options: Abort = {}): Promise<ConfigSection> {
  return requestJson(settings, pathOf(name), section, options);
}

/** PATCH /api/config/SECTION: merges `change`, in which null deletes, and answers the whole. */
export async function updateConfig(
  settings: ServerSettings,
  name: string,
  change: ConfigSection,
  options: Abort = {},
): Promise<ConfigSection> {
  return requestJson(settings, pathOf(name), section, { method: "PATCH", body: change, ...options });
}

/** PUT /api/config/SECTION: replaces it (not in api.yaml). */
export async function setConfig(settings: ServerSettings, name: string, value: ConfigSection, options: Abort = {}): Promise<void> {
  await request(settings, pathOf(name), { method: "PUT", body: value, ...options });
}

function pathOf(name: string): string {
  return `api/config/${encodeName(name)}`;
}
