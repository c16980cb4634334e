// HTTP requests to a hub or server: token, timeout, retry with back-off, and errors that say what happened.
import * as v from "valibot";
import { backoff, delay, throwIfAborted } from "../base/async";
import { ProductError, hasCode, type HttpError } from "../base/errors";
import { parseJsonText } from "../base/json";
import { failedConnection } from "./tls/certificateRefused";
import { credentialHeaders } from "./credential";
import { boundedChunks, megabyte, readBody, readReason, textOf } from "./body";
import type { FetchResponse } from "./fetchTypes";
import { loginPageError, statusError, type Refusal } from "./httpErrors";
import type { ServerSettings } from "./settings";
import { targetOf } from "./target";

export interface HttpRequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as an HTML form's fields, instead of `body`. */
  readonly form?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole exchange, the body included. */
  readonly timeout?: number;
  readonly accept?: string;
  /** Statuses that are answers, not errors, beside 2xx. */
  readonly allow?: readonly number[];
  /** Its answer is data: no text is made of it. */
  readonly binary?: boolean;
  /** Send no token. */
  readonly anonymous?: boolean;
  /** Bytes that the answer may have, decompressed; 64 MB unless told. Only where it is more than 1 MB compression is asked for. */
  readonly maxBytes?: number;
}

/** A complete answer: its status and its body. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: FetchResponse["headers"];
  readonly bytes: Buffer;
  /** The body as text; of one that was refused its beginning. */
  readonly text: string;
}

/** Bytes: more than any answer has that is not somebody's own data. */
const usualSize = 64 * megabyte;

const maxAttempts = 3;
const retryStatuses = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends one request relative to `settings.baseUrl` and returns its answer.
 *
 * Idempotent requests (GET, PUT, DELETE) are repeated up to twice on 408, 429, 5xx and lost connections, with back-off
 * and `Retry-After` honoured. On 401 and 403 the token provider is asked once whether the token still holds.
 * Redirects are never followed: a hub redirects requests for a stopped server to itself.
 * @param path relative, e.g. `api/kernels`; already percent-encoded. What leads elsewhere fails with `address`, unsent.
 * @throws ProductError, HttpError; see `ErrorCode`.
 */
export async function request(settings: ServerSettings, path: string, options: HttpRequestOptions = {}): Promise<HttpAnswer> {
  const idempotent = options.method !== "POST" && options.method !== "PATCH";
  let tokenChecked = false;
  for (let attempt = 0; ; attempt++) {
    throwIfAborted(options.signal);
    const token = options.anonymous ? undefined : await settings.token.current();
    try {
      const answer = await exchange(settings, path, options, token);
      const fault = faultOf(settings, path, answer, options.allow);
      if (!fault) return answer;
      if ((retryStatuses.has(answer.status) || isCutShort(answer, options)) && idempotent && attempt + 1 < maxAttempts) {
        await pause(settings, attempt, answer.headers.get("retry-after"), options.signal);
        continue;
      }
      if ((answer.status === 401 || answer.status === 403) && token !== undefined && !tokenChecked) {
        const verdict = await settings.token.check(token);
        tokenChecked = true;
        if (verdict === "replaced") continue;
        if (verdict === "valid") throw statusError(settings, path, answer, "forbidden");
      }
      throw fault;
    } catch (error) {
      if (!hasCode(error, "unreachable") || !idempotent || attempt + 1 >= maxAttempts) throw error;
      settings.log.debug(`${settings.label}: ${path} did not get through, trying again`, error);
      await pause(settings, attempt, null, options.signal);
    }
  }
}

/**
 * As `request`, with the answer's JSON validated.
 * @throws ProductError `invalid-response` where it is no JSON or not of this schema.
 */
export async function requestJson<S extends v.GenericSchema>(
  settings: ServerSettings,
  path: string,
  schema: S,
  options: HttpRequestOptions = {},
): Promise<v.InferOutput<S>> {
  const answer = await request(settings, path, { accept: "application/json", ...options });
  return parseJson(settings, path, schema, answer.text);
}

/** Parses and validates JSON that `settings` answered for `path`. */
export function parseJson<S extends v.GenericSchema>(settings: ServerSettings, path: string, schema: S, text: string): v.InferOutput<S> {
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (cause) {
    throw new ProductError("invalid-response", `${settings.label} answered ${path} with something that is not JSON.`, {
      cause,
    });
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? "the answer";
  throw new ProductError("invalid-response", `${settings.label} answered ${path} in an unknown form: ${place}: ${issue.message}`);
}

/** A stream of text, e.g. server-sent events; ends when the server ends it or `signal` aborts. */
export async function* streamText(settings: ServerSettings, path: string, options: HttpRequestOptions = {}): AsyncGenerator<string> {
  const token = await settings.token.current();
  const url = targetOf(settings, settings.baseUrl, path, token !== undefined);
  const decoder = new TextDecoder();
  try {
    const response = await send(settings, url, options, token, options.signal);
    if (response.status !== 200) {
      const text = (await readReason(response.body)).toString("utf8");
      const answer = { status: response.status, headers: response.headers, text };
      throw faultOf(settings, path, answer, []) ?? statusError(settings, path, answer);
    }
    const chunks = boundedChunks(response.body, options.maxBytes ?? usualSize, `${settings.label} answered ${path}`);
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  } catch (error) {
    throwIfAborted(options.signal);
    throw await failedConnection(settings, settings.baseUrl, error);
  }
}

async function exchange(
  settings: ServerSettings,
  path: string,
  options: HttpRequestOptions,
  token: string | undefined,
): Promise<HttpAnswer> {
  const url = targetOf(settings, settings.baseUrl, path, token !== undefined);
  const ms = options.timeout ?? settings.timeouts.request;
  const bound = AbortSignal.timeout(ms);
  const signal = options.signal ? AbortSignal.any([options.signal, bound]) : bound;
  try {
    const response = await send(settings, url, options, token, signal);
    const { status, headers } = response;
    const isAnswer = response.ok || options.allow?.includes(status);
    const what = `${settings.label} answered ${path}`;
    const bytes = isAnswer ? await readBody(response.body, options.maxBytes ?? usualSize, what) : await readReason(response.body);
    const text = options.binary && response.ok ? "" : textOf(bytes, what);
    return { status, headers, bytes, text };
  } catch (cause) {
    throwIfAborted(options.signal);
    if (bound.aborted) {
      throw new ProductError("timeout", `${settings.label} did not answer within ${ms / 1000} s.`, { cause });
    }
    throw await failedConnection(settings, settings.baseUrl, cause);
  }
}

async function send(
  settings: ServerSettings,
  url: URL,
  options: HttpRequestOptions,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<FetchResponse> {
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const tls = url.protocol === "https:" ? await settings.tls(url) : undefined;
  return settings.fetch(url, {
    method: options.method ?? "GET",
    ...(tls && { tls }),
    ...(settings.agent && { agent: settings.agent }),
    ...(signal && { signal }),
    headers: {
      ...settings.headers,
      Accept: options.accept ?? "application/json",
      "Accept-Encoding": (options.maxBytes ?? usualSize) > megabyte ? "gzip" : "identity",
      ...(token !== undefined && credentialHeaders(token)),
      ...(options.form && { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" }),
      ...(options.body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(options.form && { body: new URLSearchParams(options.form).toString() }),
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
}

/**
 * Whether the answer is to a request that broke off: who got half of its body answers 400 and says nothing, and that may
 * arrive before the connection's end does.
 */
function isCutShort({ status, text }: HttpAnswer, { body }: HttpRequestOptions): boolean {
  return status === 400 && text.trim() === "" && body !== undefined;
}

function faultOf(
  settings: ServerSettings,
  path: string,
  answer: Refusal,
  allow: readonly number[] = [],
): HttpError | ProductError | undefined {
  if (allow.includes(answer.status)) return undefined;
  if (answer.status < 200 || answer.status >= 300) return statusError(settings, path, answer);
  return loginPageError(settings, path, answer);
}

function pause({ timeouts }: ServerSettings, attempt: number, retryAfter: string | null, signal: AbortSignal | undefined): Promise<void> {
  return delay(retryAfterMs(retryAfter) ?? backoff(attempt, timeouts.retry, 10 * timeouts.retry), signal);
}

/** Milliseconds that a Retry-After header asks for, in seconds or as a date; at most half a minute. */
export function retryAfterMs(header: string | null): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const ms = Number.isNaN(Number(header)) ? Date.parse(header) - Date.now() : Number(header) * 1000;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 30_000);
}
