// Hubs that an institution configures in settings, and the lookup of the one that an address belongs to.
import { isAbsolute } from "node:path";
import * as v from "valibot";

const filePath = v.pipe(
  v.string(),
  v.check((path) => isAbsolute(path) || path.startsWith("~/"), "give an absolute path, or one that begins with ~/"),
);

/** OAuth client that the hub's administrator has registered for this extension. */
export const oauthClient = v.strictObject({
  clientId: v.pipe(v.string(), v.nonEmpty()),
  /** Path of a file that holds the client's secret: a setting is no place for one. */
  clientSecretFile: v.optional(filePath),
  /** As registered, to the letter; a loopback address (with its port), or the editor's own. */
  redirectUri: v.optional(v.pipe(v.string(), v.url())),
});
export type OAuthClient = v.InferOutput<typeof oauthClient>;

const properties = {
  /** Base URL of the hub. */
  url: v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "give the hub's address, beginning with https://"),
    v.check((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === "", "leave user name and password out"),
  ),
  /** Display name. */
  label: v.optional(v.string()),
  /** Path of the certificates (PEM) of the authority that signed the hub's own; added to the known ones. */
  caFile: v.optional(filePath),
  /** Paths of the certificate (PEM) that the hub asks its clients for, and of its key, unless it is in the same file. */
  clientCertificateFile: v.optional(filePath),
  clientKeyFile: v.optional(filePath),
  oauth: v.optional(oauthClient),
};

/** One element of the setting `jupyterhubConnect.hubs`. Paths are absolute, or begin with `~/`. */
export const hubConfiguration = v.pipe(
  v.strictObject(properties),
  v.forward(
    v.partialCheck(
      [["clientCertificateFile"], ["clientKeyFile"]],
      ({ clientCertificateFile, clientKeyFile }) => clientKeyFile === undefined || clientCertificateFile !== undefined,
      "name the certificate of this key as clientCertificateFile",
    ),
    ["clientKeyFile"],
  ),
);
export type HubConfiguration = v.InferOutput<typeof hubConfiguration> & {
  /** The settings of a folder name it, not the user's own or the computer's. */
  readonly fromFolder?: true;
};

/**
 * Properties that a folder may set for a hub. The others name files of this computer, or what is trusted: whoever wrote the folder
 * would have them read, and sent to a host of theirs.
 */
const folderHub = v.strictObject({
  url: properties.url,
  label: v.optional(v.pipe(v.string(), v.maxLength(80, "give at most 80 characters"))),
});
/** Hubs that one folder may name. */
const maxFolderHubs = 20;

/** The configuration that `address` falls under: same origin, and below its path; the longest path wins. */
export function configurationFor(address: URL, hubs: readonly HubConfiguration[]): HubConfiguration | undefined {
  const path = directory(address.pathname);
  return hubs
    .map((hub) => ({ hub, url: new URL(hub.url) }))
    .filter(({ url }) => url.origin === address.origin && path.startsWith(directory(url.pathname)))
    .sort((a, b) => b.url.pathname.length - a.url.pathname.length)[0]?.hub;
}

/** Hubs that can be used, and what is wrong with those that cannot. */
export interface ReadHubs {
  readonly hubs: readonly HubConfiguration[];
  readonly problems: readonly string[];
}

/**
 * Reads the setting's value. An element that cannot be used is left out and named, with the place and the reason.
 * @param name how problems name the setting
 */
export function readHubs(value: unknown, name: string): ReadHubs {
  return readList(value, name, hubConfiguration);
}

/** As `readHubs`, of the settings of a folder: each element has an address and a label, and nothing else. */
export function readFolderHubs(value: unknown, name: string): ReadHubs {
  const list = Array.isArray(value) ? value.slice(0, maxFolderHubs) : value;
  const { hubs, problems } = readList(list, name, folderHub);
  const more = Array.isArray(value) && value.length > maxFolderHubs ? [`${name}: a folder names at most ${maxFolderHubs} hubs.`] : [];
  return { hubs: hubs.map((hub) => ({ ...hub, fromFolder: true })), problems: [...problems, ...more] };
}

function readList(value: unknown, name: string, schema: typeof hubConfiguration | typeof folderHub): ReadHubs {
  if (value === undefined || value === null) return { hubs: [], problems: [] };
  if (!Array.isArray(value)) return { hubs: [], problems: [`${name}: give a list of hubs.`] };
  const hubs: HubConfiguration[] = [];
  const problems: string[] = [];
  for (const [index, element] of value.entries()) {
    const result = v.safeParse(schema, element);
    if (result.success) hubs.push(result.output);
    else problems.push(...result.issues.map((issue) => `${name}[${index}]${placeOf(issue)}: ${reasonOf(issue)}.`));
  }
  return { hubs, problems };
}

/** `.oauth.clientId`; empty for the element itself. */
function placeOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? "" : `.${path.slice(0, 60)}`;
}

/** Without the value itself, which might be something that should not have been put there. */
function reasonOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") {
    const key = issue.path?.length === 1 ? issue.path[0].key : undefined;
    // It is a property of a hub, so what refuses it is that this is a folder's.
    if (typeof key === "string" && Object.hasOwn(properties, key))
      return "this has its place only in your own settings, not in those of a folder";
    return "there is no such property";
  }
  if (issue.received === "undefined") return "it is missing";
  return issue.kind === "schema" ? `${issue.expected ?? "something else"} is expected here` : issue.message;
}

function directory(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
