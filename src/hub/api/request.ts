// Requests to a hub by `transport/http`, with a smaller bound on answers: those of a hub, its pages included, are small.
import type * as v from "valibot";
import { megabyte } from "../../transport/body";
import * as http from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";

const bound = { maxBytes: megabyte };

/** @throws ProductError `too-large`; see `http.request` */
export function request(settings: ServerSettings, path: string, options: http.HttpRequestOptions = {}): Promise<http.HttpAnswer> {
  return http.request(settings, path, { ...bound, ...options });
}

/** @throws ProductError `too-large`; see `http.requestJson` */
export function requestJson<S extends v.GenericSchema>(
  settings: ServerSettings,
  path: string,
  schema: S,
  options: http.HttpRequestOptions = {},
): Promise<v.InferOutput<S>> {
  return http.requestJson(settings, path, schema, { ...bound, ...options });
}
