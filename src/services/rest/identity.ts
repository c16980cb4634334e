// Identity: the user as the server knows them, and their permissions there.
import * as v from "valibot";
import { megabyte } from "../../transport/body";
import { requestJson } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

const text = v.nullish(v.string(), null);

/** api.yaml, `Identity` */
const identityModel = v.looseObject({
  username: v.string(),
  name: text,
  display_name: text,
  initials: text,
  avatar_url: text,
  /** A CSS colour. */
  color: text,
});

/** api.yaml, `Permissions`: what of the actions asked for is allowed, by resource. */
const permissionsModel = v.record(v.string(), v.nullish(v.array(v.string()), []));

const meModel = v.looseObject({ identity: identityModel, permissions: v.nullish(permissionsModel, {}) });

export type Identity = v.InferOutput<typeof identityModel>;
export type Me = v.InferOutput<typeof meModel>;

/**
 * GET /api/me
 * @param ask actions by resource to check, e.g. `{ contents: ["read", "write"] }`
 */
export function me(settings: ServerSettings, ask: Readonly<Record<string, readonly string[]>> = {}, options: Abort = {}): Promise<Me> {
  const permissions = Object.keys(ask).length === 0 ? undefined : JSON.stringify(ask);
  return requestJson(settings, "api/me", meModel, { query: { permissions }, maxBytes: megabyte, ...options });
}

/** PATCH /api/me: what the server lets one change of oneself (`permissions.updatable_fields`; not in api.yaml). */
export async function updateMe(
  settings: ServerSettings,
  change: Partial<Pick<Identity, "name" | "display_name" | "initials" | "avatar_url" | "color">>,
  options: Abort = {},
): Promise<Identity> {
  const answer = v.looseObject({ identity: identityModel });
  return (await requestJson(settings, "api/me", answer, { method: "PATCH", body: change, ...options })).identity;
}
