// Hubs that an institution configures in settings, and which of them an address belongs to.
import * as v from "valibot";

/** OAuth client that the hub's administrator has registered for this extension. */
export const oauthClient = v.strictObject({
  clientId: v.pipe(v.string(), v.nonEmpty()),
  /** Path of a file that holds the client's secret: a setting is no place for one. */
  clientSecretFile: v.optional(v.string()),
  /** As registered, to the letter; a loopback address (with its port), or the editor's own. */
  redirectUri: v.optional(v.pipe(v.string(), v.url())),
});
export type OAuthClient = v.InferOutput<typeof oauthClient>;

/** One element of the setting `jupyterhubConnect.hubs`. Paths are absolute, or begin with `~/`. */
export const hubConfiguration = v.strictObject({
  /** Base URL of the hub. */
  url: v.pipe(v.string(), v.url()),
  /** What people call it. */
  label: v.optional(v.string()),
  /** Path of the certificates (PEM) of the authority that signed the hub's own; added to the known ones. */
  caFile: v.optional(v.string()),
  /** Paths of the certificate (PEM) that the hub asks its clients for, and of its key. */
  clientCertificateFile: v.optional(v.string()),
  clientKeyFile: v.optional(v.string()),
  oauth: v.optional(oauthClient),
});
export type HubConfiguration = v.InferOutput<typeof hubConfiguration>;

/** The configuration that `address` falls under: same origin, and below its path; the longest path wins. */
export function configurationFor(address: URL, hubs: readonly HubConfiguration[]): HubConfiguration | undefined {
  const path = directory(address.pathname);
  return hubs
    .map((hub) => ({ hub, url: new URL(hub.url) }))
    .filter(({ url }) => url.origin === address.origin && path.startsWith(directory(url.pathname)))
    .sort((a, b) => b.url.pathname.length - a.url.pathname.length)[0]?.hub;
}

function directory(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
