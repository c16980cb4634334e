// One HTTP exchange by Node's https itself, for hubs with certificates of their own.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { abortReason } from "../base/async";
import type { Fetch, FetchResponse } from "./fetch";

/**
 * Sends one request; resolves with the answer's head. Redirects are not followed.
 * @throws Node's error where no answer came, and the reason of `signal` where that aborted.
 */
export const tlsFetch: Fetch = (url, { signal, body, ...init }) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const { request } = url.protocol === "https:" ? https : http;
    const sent = request(url, {
      ...init.tls,
      ...(init.agent && { agent: init.agent }),
      method: init.method ?? "GET",
      headers: {
        "Accept-Encoding": "gzip",
        ...init.headers,
        ...(body !== undefined && { "Content-Length": String(Buffer.byteLength(body)) }),
      },
    });
    let answer: IncomingMessage | undefined;
    sent.on("error", reject); // stays: what fails after the answer's head is told by the body
    sent.once("response", (response) => {
      answer = response;
      resolve(responseOf(response));
    });
    if (signal) {
      // Not Node's own `signal`: that waits for a socket, and there is none while a proxy does not answer.
      const abort = (): void => {
        const reason = abortReason(signal);
        reject(reason);
        answer?.destroy(reason);
        sent.destroy(reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      sent.once("close", () => signal.removeEventListener("abort", abort));
    }
    sent.end(body);
  });

function responseOf(response: IncomingMessage): FetchResponse {
  const status = response.statusCode ?? 0;
  const body = decoded(response);
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: {
      get: (name) => response.headers[name.toLowerCase()]?.toString() ?? null,
      getSetCookie: () => response.headers["set-cookie"] ?? [],
    },
    body,
    text: async () => (await buffer(body)).toString("utf8"),
    arrayBuffer: async () => new Uint8Array(await buffer(body)).buffer,
  };
}

/** The body without its compression. */
function decoded(response: IncomingMessage): Readable {
  const empty = response.statusCode === 204 || response.statusCode === 304;
  if (empty || response.headers["content-encoding"] !== "gzip") return response;
  // What goes wrong on the way shows to whoever reads the result.
  return pipeline(response, createGunzip(), () => undefined);
}
