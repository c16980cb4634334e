// One HTTP exchange by Node's https itself, for hubs with certificates of their own.
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { abortReason } from "../../base/async";
import { decompressed } from "../body";
import type { Fetch, FetchResponse } from "../fetchTypes";

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
  const header = (name: string): string | null => response.headers[name.toLowerCase()]?.toString() ?? null;
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: header, getSetCookie: () => response.headers["set-cookie"] ?? [] },
    body: decompressed(status, header("content-encoding"), response),
  };
}
