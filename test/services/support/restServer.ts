// Servers for the tests of the contents, terminal and REST clients, with settings that record every request.
import { serverSettings, type ServerSettings } from "../../../src/transport/settings";
import { startFaultProxy, type FaultProxy } from "../../harness/faultProxy";
import { sharedHub } from "../../harness/hub/shared";
import type { RequestRecord } from "./restRecord";

/** The name of the server that these tests share, apart from what other tests do on theirs. */
export const restServer = "rest";

/** Starts `user`'s server for these tests unless it runs. */
export async function restSettings(user: string, record?: RequestRecord, server = restServer): Promise<ServerSettings> {
  const hub = sharedHub();
  const baseUrl = await hub.startServer(user, server);
  const settings = serverSettings({ baseUrl, token: hub.user(user).token, label: `${user} @ test hub · ${server}` });
  return record ? record.of(settings) : settings;
}

/** The server of `settings` behind a proxy with faults of its own; a silent connection is given up after `liveness` ms. */
export async function faulty(settings: ServerSettings, liveness = 900): Promise<{ proxy: FaultProxy; settings: ServerSettings }> {
  const { hostname, port } = settings.baseUrl;
  const proxy = await startFaultProxy({ host: hostname, port: Number(port) });
  const { token, label } = settings;
  const baseUrl = proxy.through(settings.baseUrl.href);
  return { proxy, settings: serverSettings({ baseUrl, token, label, timeouts: { liveness } }) };
}
