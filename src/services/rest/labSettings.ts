// JupyterLab's settings, where the server has JupyterLab (jupyterlab_server; `not-found` elsewhere).
import * as v from "valibot";
import { request, requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import { encodeName } from "../../transport/target";
import type { Abort } from "./abort";

const setting = v.looseObject({
  /** A plugin, e.g. `@jupyterlab/notebook-extension:tracker`. */
  id: v.string(),
  /** The user's own settings as written: JSON with comments. */
  raw: v.nullish(v.string(), "{}"),
  settings: v.nullish(v.record(v.string(), v.unknown()), {}),
  /** JSON schema. */
  schema: v.nullish(v.record(v.string(), v.unknown()), {}),
  version: v.nullish(v.string(), null),
});

export type LabSetting = v.InferOutput<typeof setting>;

/** GET /lab/api/settings: the settings of every plugin, well over 100 kB. */
export async function listLabSettings(settings: ServerSettings, options: Abort = {}): Promise<LabSetting[]> {
  const answer = v.looseObject({ settings: v.array(setting) });
  return (await requestJson(settings, "lab/api/settings", answer, options)).settings;
}

/** GET /lab/api/settings?ids_only=true: the plugins that have settings. */
export async function listLabSettingIds(settings: ServerSettings, options: Abort = {}): Promise<string[]> {
  const answer = v.looseObject({ settings: v.array(v.looseObject({ id: v.string() })) });
  const query = { ids_only: true };
  return (await requestJson(settings, "lab/api/settings", answer, { query, ...options })).settings.map(({ id }) => id);
}

/** GET /lab/api/settings/ID. @throws ProductError `not-found` */
export async function getLabSetting(settings: ServerSettings, id: string, options: Abort = {}): Promise<LabSetting> {
  return requestJson(settings, pathOf(id), setting, options);
}

/** PUT /lab/api/settings/ID: replaces the user's own settings. @param raw JSON with comments */
export async function setLabSetting(settings: ServerSettings, id: string, raw: string, options: Abort = {}): Promise<void> {
  await request(settings, pathOf(id), { method: "PUT", body: { raw }, ...options });
}

function pathOf(id: string): string {
  return `lab/api/settings/${id.split("/").map(encodeName).join("/")}`;
}
