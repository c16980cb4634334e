// Models of the hub's REST API, validated; lenient across hub versions 3 to 6.
// https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
import * as v from "valibot";

/** A string that may be missing or null; missing becomes null. */
const text = v.optional(v.nullable(v.string()), null);
const flag = v.nullish(v.boolean(), false);

/** `GET /hub/api/`: which JupyterHub it is. */
export const hubInfo = v.looseObject({ version: v.string() });
export type HubInfo = v.InferOutput<typeof hubInfo>;

/** A user's server. Times are ISO 8601 strings in UTC. */
export const hubServer = v.pipe(
  v.looseObject({
    /** Empty for the default server. */
    name: v.optional(v.string(), ""),
    /** Display name (hub 6 and later, where names themselves are restricted). */
    display_name: text,
    ready: flag,
    /** `spawn`, `stop`, `check`, or null when nothing is under way. */
    pending: text,
    stopped: v.optional(v.nullable(v.boolean()), null),
    /** Path, or address, of the server; never built from names. */
    url: text,
    /** Its whole address where the hub knows one (5 and later); wins over `url`. */
    full_url: text,
    started: text,
    last_activity: text,
    /** The options it was started with. */
    user_options: v.nullish(v.record(v.string(), v.unknown()), {}),
    progress_url: text,
  }),
  v.transform((server) => Object.assign({}, server, { stopped: server.stopped ?? (!server.ready && server.pending === null) })),
);
export type HubServer = v.InferOutput<typeof hubServer>;

/** A user as `GET /hub/api/user` and `GET /hub/api/users/NAME` give it. */
export const hubUser = v.looseObject({
  name: v.string(),
  /** `user` or `service`: a service's token signs nobody in. */
  kind: v.optional(v.string(), "user"),
  admin: flag,
  groups: v.nullish(v.array(v.string()), []),
  /** Running servers by name; missing where the token may not read them. */
  servers: v.optional(v.nullable(v.record(v.string(), hubServer)), null),
  scopes: v.nullish(v.array(v.string()), []),
  /** The id of the asking token (hub 5 and later). */
  token_id: text,
});
export type HubUser = v.InferOutput<typeof hubUser>;

/** A server that somebody shares with the asking user; the hub says less of it than of the user's own. */
export const sharedServer = v.looseObject({
  server: v.looseObject({
    user: v.looseObject({ name: v.string() }),
    name: v.optional(v.string(), ""),
    url: text,
    full_url: text,
    ready: flag,
  }),
  /** Scopes of the share, e.g. `access:servers!server=bob/gpu`. */
  scopes: v.nullish(v.array(v.string()), []),
});
export type SharedServer = v.InferOutput<typeof sharedServer>;

/** `GET /users/NAME/shared` (hub 5 and later): one page of what is shared with the user. */
export const sharedServers = v.looseObject({
  items: v.array(sharedServer),
  /** Where the next page begins; null after the last. */
  _pagination: v.nullish(v.looseObject({ next: v.nullish(v.looseObject({ offset: v.number() })) })),
});

/** An API token's description. */
export const hubToken = v.looseObject({
  id: v.string(),
  note: text,
  scopes: v.nullish(v.array(v.string()), []),
  created: text,
  expires_at: text,
  last_activity: text,
});
export type HubToken = v.InferOutput<typeof hubToken>;

/** The tokens of a user. */
export const hubTokens = v.looseObject({ api_tokens: v.array(hubToken) });

/**
 * The answer to creating a token: the only time the hub tells the token itself. `user` is whose it is, `scopes` what it
 * may do, every scope written out.
 */
export const newHubToken = v.looseObject({
  ...hubToken.entries,
  scopes: v.nullish(v.array(v.string())),
  token: v.string(),
  user: v.optional(v.string()),
});
export type NewHubToken = v.InferOutput<typeof newHubToken>;

/** One event of a spawn's progress stream. */
export const progressEvent = v.looseObject({
  /** 0 to 100. */
  progress: v.nullish(v.number()),
  message: v.nullish(v.string(), ""),
  /** The server is up; the last event. */
  ready: flag,
  /** The server failed to start; the last event, `message` says why. */
  failed: flag,
});
export type ProgressEvent = v.InferOutput<typeof progressEvent>;
