// The HTTP exchange of the transport: node-fetch, and Node's https itself where a hub has certificates of its own.
import type { Agent } from "node:http";
import nodeFetch from "node-fetch";
import { throwIfAborted } from "../base/async";
import { decompressed } from "./body";
import type { TlsOptions } from "./tls/tls";
import { tlsFetch } from "./tls/tlsFetch";

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the exchange at any time, the body included. */
  readonly signal?: AbortSignal;
  readonly agent?: Agent;
  /**
   * Given to the request itself: an agent's own would be lost, since VS Code puts its agent in the place of any other
   * (`http.proxySupport`), and takes over what the request says.
   */
  readonly tls?: TlsOptions;
}

/** An answer whose body has yet to come. */
export interface FetchResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: {
    get(name: string): string | null;
    /** Each cookie that is set, as its header says it. */
    getSetCookie?(): readonly string[];
  };
  /** Its bytes, without compression; read by `readBody`, which bounds them. */
  readonly body: AsyncIterable<unknown> | null;
}

export type Fetch = (url: URL, init: FetchInit) => Promise<FetchResponse>;

/**
 * Sends one request; resolves with the answer's head. Redirects are not followed. Whether the answer may be compressed
 * is for the header Accept-Encoding to say.
 * @throws Node's or node-fetch's error where no answer came, and the reason of `signal` where that aborted.
 */
export const fetch: Fetch = async (url, init) => {
  if (init.tls) return tlsFetch(url, init);
  throwIfAborted(init.signal);
  try {
    // Its own decompression would take what comes after the end of a cut answer for no fault.
    const { status, ok, headers, body } = await nodeFetch(url, { ...init, redirect: "manual", compress: false });
    return {
      ...{ status, ok },
      headers: { get: (name) => headers.get(name), getSetCookie: () => headers.raw()["set-cookie"] ?? [] },
      body: decompressed(status, headers.get("content-encoding"), body),
    };
  } catch (error) {
    throwIfAborted(init.signal);
    throw error;
  }
};
