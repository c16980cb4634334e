// Starting and stopping user servers of the test hub behind the extension's back.
import * as v from "valibot";
import { waitFor } from "../processes/wait";
import type { HubApi } from "./api";

const serverModel = v.object({ ready: v.boolean(), url: v.string(), pending: v.nullish(v.string()) });
const userModel = v.object({ servers: v.optional(v.record(v.string(), serverModel)) });

/**
 * Starts `user`'s server unless it runs (`server` "" is the default one) and waits until it is ready.
 * @returns the server's address with a trailing slash.
 */
export async function startUserServer(api: HubApi, hubUrl: string, user: string, server = "", options?: object): Promise<string> {
  const body = options === undefined ? {} : { body: JSON.stringify(options) };
  await api(endpoint(user, server), { method: "POST", ...body }, [201, 202, 400]);
  const url = await waitFor(
    `the server "${server}" of ${user}`,
    async () => {
      const model = await serverOf(api, user, server);
      return model?.ready === true && model.url;
    },
    90_000,
  );
  return new URL(url, hubUrl).href;
}

/** Stops `user`'s server and waits until it is gone; a named one is also forgotten with `remove`. */
export async function stopUserServer(api: HubApi, user: string, server = "", remove = false): Promise<void> {
  const body = remove && server !== "" ? { body: JSON.stringify({ remove: true }) } : {};
  await api(endpoint(user, server), { method: "DELETE", ...body }, [202, 204, 404]);
  await waitFor(`the end of the server "${server}" of ${user}`, async () => (await serverOf(api, user, server)) === undefined, 60_000);
}

function endpoint(user: string, server: string): string {
  const base = `users/${encodeURIComponent(user)}`;
  return server === "" ? `${base}/server` : `${base}/servers/${encodeURIComponent(server)}`;
}

async function serverOf(api: HubApi, user: string, server: string): Promise<v.InferOutput<typeof serverModel> | undefined> {
  const response = await api(`users/${encodeURIComponent(user)}`, {}, [200]);
  return v.parse(userModel, await response.json()).servers?.[server];
}
