// Requests to a hub, as `transport/http` sends them: what a hub answers, its pages included, is small.
import type * as v from "valibot";
import { megabyte } from "../../transport/body";
import * as http from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";

const bound = { maxBytes: megabyte };

/** @throws ConnectError `too-large`; see `http.request` */
export function request(settings: ServerSettings, path: string, options: http.RequestOptions = {}): Promise<http.Answer> {
  return http.request(settings, path, { ...bound, ...options });
}

/** @throws ConnectError `too-large`; see `http.requestJson` */
export function requestJson<S extends v.GenericSchema>(
  settings: ServerSettings,
  path: string,
  schema: S,
  options: http.RequestOptions = {},
): Promise<v.InferOutput<S>> {
  return http.requestJson(settings, path, schema, { ...bound, ...options });
}
