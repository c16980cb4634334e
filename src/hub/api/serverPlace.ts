// The address of a server: the hub's word for it, restricted to the hub's own host, and to https where the hub speaks it.
import { isLoopback } from "../signIn/address";
import type { HubServer } from "./model";

/** A server's base URL, and whether it is where the hub itself is. */
export interface ServerPlace {
  /** With trailing slash. */
  readonly url: URL;
  /** On another host than the hub's or one below it: nothing goes there unless the user agrees. */
  readonly isForeign: boolean;
  /** In clear over the network, from a hub that speaks https: nothing goes there at all. */
  readonly isDowngraded: boolean;
}

/**
 * Reads the address that the hub gives for a server. On the hub's own host, and on hosts below it, the hub's scheme and
 * port hold: a hub behind a TLS front whose settings say `http://` would have every request carry its token in clear.
 * @param hub the hub's base URL
 * @returns undefined where it gives none, or none for http
 */
export function serverPlace(hub: URL, model: Pick<HubServer, "url" | "full_url">): ServerPlace | undefined {
  const where = model.full_url ?? model.url;
  if (where === null || !URL.canParse(where, hub.origin)) return undefined;
  const url = new URL(where, hub.origin);
  if (!/^https?:$/.test(url.protocol)) return undefined;
  url.username = url.password = url.search = url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  // On loopback nobody listens: a hub for trying things out may have a port for each server.
  if (isLoopback(hub) && isLoopback(url)) return { url, isForeign: false, isDowngraded: false };
  if (isHostOfHub(hub, url)) {
    // In this order: a port may be the default one of a scheme and not of the other.
    url.protocol = hub.protocol;
    url.port = hub.port;
    return { url, isForeign: false, isDowngraded: false };
  }
  return { url, isForeign: true, isDowngraded: hub.protocol === "https:" && url.protocol === "http:" && !isLoopback(url) };
}

/** Whether `url` is on the hub's host or one below it, as hubs have it that give each user a host. */
export function isHostOfHub(hub: URL, url: URL): boolean {
  return url.hostname === hub.hostname || url.hostname.endsWith(`.${hub.hostname}`);
}
