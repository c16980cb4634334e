// The HTTP exchange of the transport: node-fetch, and Node's https itself where a hub has certificates of its own.
import nodeFetch from "node-fetch";
import { throwIfAborted } from "../base/async";
import { decompressed } from "./body";
import type { Fetch } from "./fetchTypes";
import { tlsFetch } from "./tls/tlsFetch";

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
