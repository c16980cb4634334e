// The HTTP exchange of the transport: node-fetch, and Node's https itself where a hub has certificates of its own.
import type { Agent } from "node:http";
import nodeFetch, { type Response } from "node-fetch";
import { throwIfAborted } from "../base/async";
import type { TlsOptions } from "./tls";
import { tlsFetch } from "./tlsFetch";

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
  readonly body: AsyncIterable<unknown> | null;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export type Fetch = (url: URL, init: FetchInit) => Promise<FetchResponse>;

/**
 * Sends one request; resolves with the answer's head. Redirects are not followed.
 * @throws Node's or node-fetch's error where no answer came, and the reason of `signal` where that aborted.
 */
export const fetch: Fetch = async (url, init) => {
  if (init.tls) return tlsFetch(url, init);
  throwIfAborted(init.signal);
  try {
    return responseOf(await nodeFetch(url, { ...init, redirect: "manual" }));
  } catch (error) {
    throwIfAborted(init.signal);
    throw error;
  }
};

function responseOf(response: Response): FetchResponse {
  const { status, ok, headers, body } = response;
  return {
    ...{ status, ok, body },
    headers: { get: (name) => headers.get(name), getSetCookie: () => headers.raw()["set-cookie"] ?? [] },
    text: () => response.text(),
    arrayBuffer: () => response.arrayBuffer(),
  };
}
