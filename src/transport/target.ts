// Target of a request: an address below that of its server, and nowhere else.
import { ProductError } from "../base/errors";
import type { ServerSettings } from "./settings";

/**
 * The URL of `path` on the server at `base`.
 * @param path relative to `base`, or an absolute path or URL that lies below it; already percent-encoded
 * @param carriesToken whether a token goes along, which `settings.tokenPath` may bind to a part of the server
 * @throws ProductError `address` where it lies elsewhere: another host, scheme, port, or above `base`
 */
export function targetOf({ label, tokenPath }: ServerSettings, base: URL, path: string, carriesToken: boolean): URL {
  const url = URL.canParse(path, base.href) ? new URL(path, base) : undefined;
  if (url && isBelow(base, url)) {
    if (url.hash !== "") url.hash = ""; // is never sent, and websockets refuse it
    if (!carriesToken || tokenPath === "" || url.pathname.startsWith(new URL(tokenPath, base).pathname)) return url;
    throw new ProductError("address", `Nothing was sent to “${shown(path)}”: the sign-in to ${label} is not meant for it.`);
  }
  throw new ProductError("address", `Nothing was sent to “${shown(path)}”: it does not lie on ${label}.`);
}

/** Whether `url` is of the same origin as `base` and its path begins with that of `base`, which ends with a slash. */
export function isBelow(base: URL, url: URL): boolean {
  if (url.origin !== base.origin || url.username !== base.username || url.password !== base.password) return false;
  return url.pathname.startsWith(base.pathname) && !climbsEncoded(url.pathname);
}

/** Encoded separators hide `..` from the URL parser; proxies on the way may decode them, and climb. */
function climbsEncoded(path: string): boolean {
  if (!path.includes("%")) return false;
  const decoded = path.replace(/%2e/gi, ".").replace(/%(?:2f|5c)/gi, "/");
  return decoded.includes("/../") || decoded.endsWith("/..");
}

/**
 * A name or id as one segment of a path.
 * @throws ProductError `address` for what would be another resource, even percent-encoded: nothing, `.` and `..`, such
 * between slashes; and for text that is not well-formed
 */
export function encodeName(name: string): string {
  const isName = name !== "" && !name.split(/[/\\]/).some((part) => part === "." || part === "..");
  if (!isName) throw new ProductError("address", `“${shown(name)}” cannot be a name on a hub or server. Choose another.`);
  try {
    return encodeURIComponent(name);
  } catch (cause) {
    throw new ProductError("address", `“${shown(name)}” cannot be a name on a hub or server: it holds half a character.`, { cause });
  }
}

/** What a stranger may have written is kept short. */
function shown(text: string): string {
  return text.slice(0, 200);
}
