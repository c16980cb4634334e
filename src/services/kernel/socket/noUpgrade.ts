// Detection of networks without websockets: refused handshakes (upgrades) that mean that none can be opened there at all.
import { hasCode, HttpError } from "../../../base/errors";

/** Refusals in a row that a server or proxy does not give only while it starts. */
const proof = { answered: 3, unavailable: 5 };

/** Errors that are reported at once, in words of their own, or that pass. */
const others = ["signed-out", "server-stopped", "certificate", "proxy", "address", "aborted", "disposed"] as const;

/**
 * Whether a websocket that was refused in this way says that there is none, provided that requests are answered.
 * @param attempt its number among the first ones, from 1
 */
export function isNoUpgrade(error: Error, attempt: number): boolean {
  if (hasCode(error, ...others)) return false;
  if (hasCode(error, "forbidden")) return true;
  const isAnswer = error instanceof HttpError && error.status < 500;
  return attempt >= (isAnswer ? proof.answered : proof.unavailable);
}
