// Every error of the product: one class, one union of codes, a message for a user.
import { plain } from "./plain";

/**
 * Error codes, for code that has to decide.
 *
 * - `address`: what was pasted is no usable address
 * - `not-a-hub`: something answers there, but no JupyterHub
 * - `unreachable`: no connection (DNS, refused, reset, network down)
 * - `certificate`: TLS was refused, or a configured certificate cannot be used
 * - `proxy`: a proxy on the way wants credentials
 * - `timeout`, `aborted`, `disposed`: a wait that ended by its bound, by the caller, by disposal
 * - `signed-out`: no token, or the token no longer holds
 * - `forbidden`: the token holds, the thing is not allowed
 * - `not-found`, `conflict`, `rate-limited`, `too-large`: as HTTP says
 * - `server-stopped`: the user's server is not running
 * - `server-error`: 5xx, or a hub or server that is not there
 * - `start-failed`: the user's server did not come up
 * - `no-websocket`: requests are answered, but no websocket can be opened
 * - `invalid-response`: an answer that does not follow its specification
 * - `invalid-message`: a websocket frame that does not follow the protocol
 * - `no-kernel-spec`: the server has no such kernel
 * - `kernel-dead`, `kernel-restarted`: the request's kernel is gone
 * - `connection-lost`: the websocket broke and the answer cannot come any more
 * - `evicted`: another client took this connection's place
 * - `busy`: a request that cannot be taken now
 * - `usage`: the user, or the caller of a command, has to do, choose or say something first
 * - `unsupported`: the server, the kernel or this computer cannot do it
 */
export type ErrorCode =
  | "address"
  | "not-a-hub"
  | "unreachable"
  | "certificate"
  | "proxy"
  | "timeout"
  | "aborted"
  | "disposed"
  | "signed-out"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "rate-limited"
  | "too-large"
  | "server-stopped"
  | "server-error"
  | "start-failed"
  | "no-websocket"
  | "invalid-response"
  | "invalid-message"
  | "no-kernel-spec"
  | "kernel-dead"
  | "kernel-restarted"
  | "connection-lost"
  | "evicted"
  | "busy"
  | "usage"
  | "unsupported";

/**
 * An error of this product. `message` says what happened, where, and what to do next. VS Code shows some of them by
 * itself, and what a peer gave as its reason may stand in any: so each is `plain`.
 */
export class ProductError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(plain(message), options);
    this.name = "ProductError";
  }
}

/** An HTTP answer that is an error. `body` is the start of what was answered, for logs and reports. */
export class HttpError extends ProductError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly status: number,
    readonly body: string,
    options?: { cause?: unknown },
  ) {
    super(code, message, options);
    this.name = "HttpError";
  }
}

/** Whether `error` is one of ours with one of the given codes. */
export function hasCode(error: unknown, ...codes: ErrorCode[]): error is ProductError {
  return error instanceof ProductError && codes.includes(error.code);
}

/** The sentence to show a user for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `error` itself if it is an Error, else one made of it. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
