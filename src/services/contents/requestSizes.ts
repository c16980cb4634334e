// Request sizes: how much of a file goes into one request; less once a server, or a proxy before it, has refused more (413).
import { hasCode, type ProductError } from "../../base/errors";
import { systemCode } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";

const kilobyte = 1024;

/**
 * Bytes of a file, which are a third more on the way. Usual limits of proxies are 10 MB, 4 MB, 2 MB, 1 MB (nginx unless
 * told otherwise) and 512 KB, and the rest of the request has to have its place too.
 */
const steps = [6144, 2816, 1408, 704, 352, 256].map((size) => size * kilobyte);

/** Bytes of a file in one request at first, and at least. */
export const largestPart = 6144 * kilobyte;
export const smallestPart = 256 * kilobyte;

/** Request sizes that each server has turned out to accept, for as long as this object lives. */
export class RequestSizes {
  readonly #taken = new Map<string, number>();

  /** Bytes that this server takes in one request; undefined where it has refused none. */
  of({ baseUrl }: ServerSettings): number | undefined {
    return this.#taken.get(baseUrl.href);
  }

  /** The server has refused more than so many bytes. */
  learn({ baseUrl }: ServerSettings, bytes: number): void {
    this.#taken.set(baseUrl.href, bytes);
  }
}

/** The next smaller part after `bytes` were refused; undefined where there is none. */
export function smallerThan(bytes: number): number | undefined {
  return steps.find((size) => size < bytes);
}

/** Whether a request may have failed for its size: refused in words, or by closing the connection in the midst of it. */
export function isForItsSize(error: unknown): error is ProductError {
  if (hasCode(error, "too-large")) return true;
  return hasCode(error, "unreachable") && ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(systemCode(error.cause));
}
