// One HTTP exchange over Node's http and https, which VS Code patches for its proxies and certificates.
import http, { type Agent, type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { abortReason } from "../base/async";
import type { TlsOptions } from "./tls";

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
 * @throws Node's error where no answer came, and the reason of `signal` where that aborted.
 */
export const fetch: Fetch = (url, { signal, body, ...init }) =>
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
