// Users of the hub that the suites share.
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";
import { sharedHub } from "../../harness/hub/shared";
import type { HubUser } from "../../harness/vscode/hubSteps";

/** A user who signs in with a token; to be asked for once the hub runs, which it does inside hooks and tests. */
export function hubUser(name: string): HubUser {
  const { url } = sharedHub();
  return { url, name, token: sharedHub().user(name).token };
}

/** As `hubUser`, who reaches the hub through a proxy of their own, which breaks connections on demand. */
export async function proxiedUser(name: string): Promise<{ readonly user: HubUser; readonly proxy: FaultProxy }> {
  const user = hubUser(name);
  const { hostname, port } = new URL(user.url);
  const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  return { user: { ...user, url: proxy.through(user.url) }, proxy };
}
