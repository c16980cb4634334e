// Servers as authorities of URIs, `ana@hub.example.org`: the same authority for a server in every window and session.
// The authority names user, server and hub, the path of the URI is that on the server: so paths, breadcrumbs and folders read as in
// JupyterLab. Which account that is, is looked up: no URI holds a scheme or a token.
import { trimmedEnd } from "../../base/text";
import type { Account } from "../../hub/account/account";

/** The scheme of the URIs of files on servers. */
export const serverScheme = "jupyterhub-connect";

/** An identity that is signed in on a hub. */
type Identity = Pick<Account, "hub" | "userName">;

/** A server as an authority names it. */
interface Named {
  readonly user: string;
  /** "" for the default server. */
  readonly name: string;
  readonly owner: string;
  /** Where its hub is, as `placeOf` writes it. */
  readonly place: string;
}

/**
 * `USER@HOST`, with the server's name and a prefix of the hub where there are any: `ana+gpu@hub.example.org:8000+jupyter`;
 * a third part before the `@` is the owner of a server that somebody shares. Between `http` and `https` the port
 * decides: without one it is `https`. A server without a hub is its place only.
 *
 * An authority has no capitals, and only letters, digits and `.-_` beside the signs above: VS Code ignores
 * case in authorities, writes them in small letters, and decodes them once more than it encodes them behind a port.
 */
export function authorityOf({
  account,
  name,
  owner,
}: {
  readonly account: Identity;
  readonly name: string;
  readonly owner: string;
}): string {
  const parts = [account.userName, name, owner === account.userName ? "" : owner].map(encodePart);
  const who = trimmedEnd(parts.join("+"), "+");
  return who === "" ? placeOf(account.hub) : `${who}@${placeOf(account.hub)}`;
}

/**
 * The server that an authority names, which the hub need not have; undefined where none of the accounts is its user's.
 * @param get gives the server of this name of an owner, see `Servers.get`
 */
export function serverAt<A extends Identity, S>(
  authority: string,
  accounts: readonly A[],
  get: (account: A, name: string, owner: string) => S,
): S | undefined {
  const named = read(authority);
  const account = named && accounts.find((one) => one.userName === named.user && placeOf(one.hub) === named.place);
  return account && get(account, named.name, named.owner || account.userName);
}

/** How to call the server of an authority where nobody is signed in: `ana @ hub.example.org`. */
export function labelOf(authority: string): string {
  const named = read(authority);
  if (!named) return authority;
  const place = named.place.split("+").map(decodePart).join("/");
  return named.user === "" ? place : `${named.user} @ ${place}`;
}

function read(authority: string): Named | undefined {
  // As VS Code may give it back.
  const [, who = "", place = ""] = /^(?:([^@]*)@)?([^@]+)$/.exec(authority.toLowerCase()) ?? [];
  if (place === "") return undefined;
  try {
    const [user = "", name = "", owner = ""] = who.split("+").map(decodePart);
    return { user, name, owner, place };
  } catch {
    return undefined; // half a character: not one of ours
  }
}

/** The hub's host, port and prefix; a URL has no other than ASCII letters. */
function placeOf({ protocol, host, port, pathname }: URL): string {
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const explicit = protocol === "http:" && port === "" ? `${host}:80` : host;
  return [explicit, ...segments.map(encodePart)].join("+");
}

/** Small letters of any alphabet stay readable; of the rest each byte becomes `~` and two digits. */
function encodePart(text: string): string {
  return text.replace(/[^\p{Ll}\p{Lo}0-9._-]/gu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `~${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** @throws URIError where the bytes are no text */
function decodePart(part: string): string {
  return part.replace(/(?:~[0-9a-f]{2})+/g, (bytes) => decodeURIComponent(bytes.replaceAll("~", "%")));
}
