// Addresses: pasted text → candidate base URLs of hubs, user, named server and token.
import { ProductError } from "../../base/errors";
import { before, trimmedEnd } from "../../base/text";

/** The parts of a pasted address. Everything but `candidates` is a hint: the hub itself decides. */
export interface HubAddress {
  /** The pasted text, with a scheme, without credentials, query and fragment (each may hold a secret). */
  readonly url: URL;
  /** Hub base URLs to probe, most likely first, each with a trailing slash. */
  readonly candidates: readonly URL[];
  /** The user whose page it was. */
  readonly user?: string;
  /** The named server whose page it was. */
  readonly server?: string;
  /** The `token` parameter. A secret. */
  readonly token?: string;
}

/** First path segments of a server's own pages: `/user/ana/lab` is the default server's page, not a server "lab". */
const serverPages = new Set(
  "api apps console custom desktop doc edit files git-pull kernelspecs lab login logout metrics nbclassic nbconvert nbextensions notebooks oauth_callback proxy retro rstudio shell static terminals tree view voila vscode".split(
    " ",
  ),
);

const maxCandidates = 8;

/**
 * Reads an address as people paste it: any page of a hub or of a user's server, with or without scheme, prefix, query,
 * token, quotes or words around it. Asks nobody; `findHub` says which candidate is the hub.
 * @throws ProductError `address` where no http(s) address can be made of it; the message repeats no secret.
 */
export function parseAddress(text: string): HubAddress {
  const url = readUrl(addressIn(text));
  const token = (url.searchParams.get("token") ?? new URLSearchParams(url.hash.slice(1)).get("token"))?.trim();
  const next = nextPage(url);
  url.search = "";
  url.hash = "";
  url.pathname = url.pathname.replace(/\/{2,}/g, "/");
  const segments = segmentsOf(url.pathname);
  const owner = ownerIn(segments) ?? ownerIn(next);
  return {
    url,
    candidates: candidatesFor(url, segments, owner !== undefined),
    ...owner,
    ...(token && { token }),
  };
}

/** Whether `url` is a loopback address, which no network sees. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])\.?$/.test(url.hostname);
}

/** Whether what is sent to `url` can be read on the network: http:// to anything but this computer. */
export function isPlainHttpElsewhere(url: URL): boolean {
  return url.protocol === "http:" && !isLoopback(url);
}

/** The address in a text: its first http(s) URL, else its first line; without quotes and brackets around it. */
function addressIn(text: string): string {
  const clean = text
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, "")
    .replace(/\u00A0/g, " ")
    .trim();
  const lines = clean.split(/[\r\n]+/);
  const line = lines.find((each) => /(https?|wss?):\/\//i.test(each)) ?? lines[0] ?? "";
  const bare = unquote(line.trim());
  // Only where the line begins with something else is the URL cut out at white space: a path may hold spaces.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(bare)) return bare;
  const inside = /(https?|wss?):\/\/\S+/i.exec(bare)?.[0];
  return inside === undefined ? bare : unquote(inside);
}

/** Without quotes, brackets and punctuation around it; an IPv6 host keeps its brackets. */
function unquote(text: string): string {
  return trimmedEnd(text.replace(/^["'`<(“‘«]+/, ""), "\"'`>)”’»,;").trim();
}

function readUrl(text: string): URL {
  if (text === "") throw refusal("Nothing was pasted", "");
  if (/^[\w-]{24,}$/.test(text)) {
    throw new ProductError("address", `This looks like a token, not like the address of a hub. ${remedy}`);
  }
  if (text.startsWith("/") && !text.startsWith("//")) throw refusal("The host is missing in", text);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? /^(https?):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && !["http", "https", "ws", "wss"].includes(scheme)) {
    throw refusal("Only http:// and https:// addresses lead to a hub, unlike", text);
  }
  const full = scheme === undefined ? `https://${text.replace(/^\/\//, "")}` : text.replace(/^ws/i, "http");
  if (!URL.canParse(full)) throw refusal("No address of a hub can be read from", text);
  const url = new URL(full);
  if (scheme === undefined && url.username !== "") {
    throw refusal("This looks like an e-mail address or a user name, not like the address of a hub:", text);
  }
  if (url.username !== "" || url.password !== "") {
    // What stands there looks like the host to people, and may be a secret: only the host is named.
    throw new ProductError(
      "address",
      `This address leads to ${url.host}: what stands before the @ in it is no host, but a user name. If ${url.host} is your hub, paste its address without that. ${remedy}`,
    );
  }
  // Servers print the address they listen on; "every interface" is no address to connect to.
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  if (scheme === undefined && (isLoopback(url) || url.port === "80")) url.protocol = "http:";
  return url;
}

const remedy = "Paste the address that your browser shows on the hub's pages, for example https://hub.example.org/hub/home.";

function refusal(what: string, text: string): ProductError {
  const shown = before(text, "?#")
    .replace(/\/\/[^/]*@/, "//")
    .slice(0, 100);
  return new ProductError("address", `${what}${shown === "" ? "" : ` “${shown}”`}. ${remedy}`);
}

/** Path segments as they stand in the URL, still percent-encoded. */
function segmentsOf(path: string): readonly string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** A login page says in `next` where the user was going. */
function nextPage(url: URL): readonly string[] {
  const next = url.searchParams.get("next");
  return next?.startsWith("/") === true ? segmentsOf(before(next, "?#")) : [];
}

/** User and server named by a path of a hub: `user/NAME/…`, `hub/spawn/NAME/SERVER`, `hub/api/users/NAME/servers/SERVER`. */
function ownerIn(segments: readonly string[]): { user: string; server?: string } | undefined {
  const hub = segments.findIndex((segment, at) => segment === "hub" && /^(user|spawn|spawn-pending|api)$/.test(segments[at + 1] ?? ""));
  const start = hub >= 0 && !segments.slice(0, hub).includes("user") ? hub + 1 : segments.indexOf("user");
  const [kind, ...rest] = start < 0 ? [] : segments.slice(start);
  const [first, second, third, fourth] = rest;
  switch (kind) {
    case "user":
      return owner(first, second !== undefined && isServer(second, third) ? second : undefined);
    case "spawn":
    case "spawn-pending":
      return owner(first, second);
    case "api":
      return first === "users" ? owner(second, third === "servers" ? fourth : undefined) : undefined;
    default:
      return undefined;
  }
}

/** `/user/ana/gpu/` and `/user/ana/gpu/lab` name a server; `/user/ana/lab` a page, `/user/ana/app/x` something unknown. */
function isServer(segment: string, following: string | undefined): boolean {
  return !serverPages.has(segment) && (following === undefined || serverPages.has(following));
}

function owner(user: string | undefined, server: string | undefined): { user: string; server?: string } | undefined {
  if (user === undefined) return undefined;
  return { user: decode(user), ...(server !== undefined && { server: decode(server) }) };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray percent sign: the name as it stands
  }
}

function candidatesFor(url: URL, segments: readonly string[], onServer: boolean): readonly URL[] {
  const depths: number[] = [];
  const marks = (isMark: (segment: string) => boolean): void =>
    segments.forEach((segment, at) => {
      if (isMark(decode(segment))) depths.push(at);
    });
  // What stands before /hub/ or /user/ is the prefix, the leftmost most likely; a prefix may itself be called "hub".
  marks((segment) => segment === "hub" || segment === "user");
  if (depths.length > 0 && segments.at(-1) === "hub") depths.push(segments.length);
  if (depths.length === 0) marks((segment) => segment === "services" || serverPages.has(segment));
  for (let depth = depths[0] ?? segments.length; depth >= 0; depth--) depths.push(depth);
  const unique = [...new Set(depths)];
  const kept = unique.length > maxCandidates ? [...unique.slice(0, maxCandidates - 1), 0] : unique;
  const candidates = kept.map((depth) => directory(url, segments.slice(0, depth)));
  const parent = onServer ? hostAbove(url.hostname) : undefined;
  // A hub may give each user a host of its own below the hub's.
  if (parent !== undefined && candidates[0]) {
    const above = new URL(candidates[0]);
    above.hostname = parent;
    candidates.push(above);
  }
  return candidates;
}

/**
 * The host above one user's; undefined where there is none to be tried, as for numbers, which are an address. One of two
 * names, such as example.org, may as well be a suffix that strangers share, such as co.uk: a hub that is there is found
 * by its own address.
 */
function hostAbove(hostname: string): string | undefined {
  const [, ...above] = hostname.split(".");
  const isName = above.length > 2 && above.slice(0, 2).every((label) => label !== "") && /[^.\d]/.test(above.slice(2).join("."));
  return isName ? above.join(".") : undefined;
}

function directory(url: URL, segments: readonly string[]): URL {
  return new URL(`/${segments.map((segment) => `${segment}/`).join("")}`, url.origin);
}
