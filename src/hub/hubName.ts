// How people see a hub: its host and prefix.

/** `hub.example.org`, or `host:8000/jupyter` where the hub has a port and a prefix. */
export function hubName(hub: URL): string {
  return hub.host + hub.pathname.replace(/\/$/, "");
}
