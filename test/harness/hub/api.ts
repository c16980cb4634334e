// The test hub's REST API with administrator's rights, for what tests arrange behind the extension's back.
import { tail } from "../processes/run";

/**
 * Calls `hub/api/PATH` as the hub's administrator. With `expected`, any other status is an error; without, the
 * answer is returned whatever it is.
 */
export type HubApi = (path: string, init?: RequestInit, expected?: readonly number[]) => Promise<Response>;

/** The API of the hub at `url` (with trailing slash); each call is bounded by `timeout` milliseconds. */
export function hubApi(url: string, token: string, timeout = 90_000): HubApi {
  return async (path, init = {}, expected) => {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `token ${token}`);
    headers.set("Accept", "application/json");
    const signal = init.signal ?? AbortSignal.timeout(timeout);
    const response = await fetch(new URL(`hub/api/${path}`, url), { ...init, headers, signal, redirect: "manual" });
    if (expected !== undefined && !expected.includes(response.status)) {
      throw new Error(`${init.method ?? "GET"} hub/api/${path} answered ${response.status}.${tail(await response.text())}`);
    }
    return response;
  };
}
