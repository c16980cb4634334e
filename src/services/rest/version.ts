// The Jupyter server's version; needs no sign-in.
import * as v from "valibot";
import { megabyte } from "../../transport/body";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

/** GET /api/, which the server itself answers only without the slash. */
export async function serverVersion(settings: ServerSettings, options: Abort = {}): Promise<string> {
  const { version } = await requestJson(settings, "api", v.looseObject({ version: v.string() }), {
    anonymous: true,
    maxBytes: megabyte,
    ...options,
  });
  return version;
}
