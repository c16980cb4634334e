// Shutdown of the server from within. A hub notices only after a while: to stop a user's server, ask the hub.
import { request } from "../../transport/http";
import type { ServerSettings } from "../../transport/settings";
import type { Abort } from "./abort";

/** POST /api/shutdown: ends the server and all its kernels and terminals (not in api.yaml). */
export async function shutdownServer(settings: ServerSettings, options: Abort = {}): Promise<void> {
  // The answer is an empty page.
  await request(settings, "api/shutdown", { method: "POST", allow: [200], ...options });
}
