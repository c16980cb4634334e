// Display name of a hub: its host and prefix; for one in the settings its label, where it is, and which settings it comes from.
import type { HubConfiguration } from "../signIn/configuration";

/** `hub.example.org`, or `host:8000/jupyter` where the hub has a port and a prefix. */
export function hubName(hub: URL): string {
  return hub.host + hub.pathname.replace(/\/$/, "");
}

/** The name of a hub in the settings: its label, else its host. */
export function configuredName({ label, url }: HubConfiguration): string {
  const name = label?.trim() ?? "";
  return name === "" ? new URL(url).host : name;
}

/** The text beside `configuredName`: the address as it is requested, other scripts' letters as xn--, and that a folder names it. */
export function configuredPlace({ label, url, fromFolder }: HubConfiguration): string {
  return [(label?.trim() ?? "") === "" ? "" : new URL(url).href, fromFolder ? "from this folder" : ""].filter(Boolean).join(" · ");
}
