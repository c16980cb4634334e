// Errors of requests to a kernel that cannot be answered.
import { ProductError, hasCode, HttpError, messageOf } from "../../base/errors";
import { sizeText } from "../../base/text";
import { reasonIn } from "../../transport/httpErrors";
import type { ServerSettings } from "../../transport/settings";
import { largeMessage } from "./delivery/breaks";

/** The kernel was restarted. */
export function restartedError(): ProductError {
  return new ProductError("kernel-restarted", "The kernel was restarted before this had finished.");
}

/** The kernel's process has ended, and the server has started another. @param exits the code before had asked for it */
export function diedError(exits: boolean): ProductError {
  const why = exits ? "The kernel was ended by its own code (exit)" : "The kernel ended";
  const guess = exits ? "" : " Its code may have ended it, or it may have run out of memory.";
  return new ProductError(
    "kernel-dead",
    `${why} while this was running, and the server has started it anew: its variables are gone.${guess} Run the cells again from the top.`,
  );
}

/** As `diedError`, for what the kernel had not begun with. */
export function notBegunError(exits: boolean): ProductError {
  const why = exits
    ? "The kernel was ended by code that ran before (exit), so this was not run."
    : "The kernel ended before anything came of this.";
  return new ProductError("kernel-dead", `${why} The server has started it anew, without its variables: run the cells again from the top.`);
}

export function deadError(): ProductError {
  return new ProductError("kernel-dead", "The kernel died and could not be started again. Restart the kernel to go on.");
}

export function goneError(cause: Error): ProductError {
  const text = "The kernel is gone: it was shut down on the server. Run the cell again to start a new one.";
  return new ProductError("kernel-dead", text, { cause });
}

export function evictedError(): ProductError {
  return new ProductError("evicted", "Another window has taken over the connection to this kernel. Run the cell again to take it back.");
}

/** A later request was answered, this one was not. @param bytes how large its code was */
export function lostError(bytes: number): ProductError {
  const hint =
    bytes < largeMessage ? "" : ` Its ${sizeText(bytes)} may be more than something on the way takes in one message: ${usualLimit}.`;
  const text = `The connection to the kernel broke, and the answer to this was lost or the request never arrived. The kernel is through with it; some output may be missing.${hint}`;
  return new ProductError("connection-lost", text);
}

const usualLimit = "Jupyter servers take 10 MB, unless their websocket_max_message_size says otherwise";

/**
 * The connection broke each time that this was sent.
 * @param label of the server
 * @param bytes how large its code or answer is
 */
export function refusedMessageError(label: string, bytes: number): ProductError {
  const beginning = `The connection to ${label} broke each time that this was sent (${sizeText(bytes)}), so it is not sent again.`;
  if (bytes < largeMessage) {
    const text = `${beginning} Something on the way seems not to let it through; what else you run goes on. Change it, or ask the hub's administrator.`;
    return new ProductError("connection-lost", text);
  }
  const text = `${beginning} That is more than the server, or a proxy on the way to it, takes in one message: ${usualLimit}. Put what is large into a file on the server and read it from there, or ask the hub's administrator for a larger limit.`;
  return new ProductError("too-large", text);
}

/** The server answers requests, but none of the first websockets could be opened. @param cause how the last one was refused */
export function noWebsocketError({ label, wsUrl }: ServerSettings, cause: Error): ProductError {
  const { host } = wsUrl;
  let how = `the attempt at ${host} failed: ${messageOf(cause)}`;
  if (cause instanceof HttpError) {
    const reason = reasonIn(cause.body);
    how = `${host} answered with HTTP status ${cause.status} instead${reason === "" ? "." : ` (${reason.replace(/\.$/, "")}).`}`;
  } else if (hasCode(cause, "timeout")) how = `${host} did not answer when asked for one.`;
  const text = `${label} can be reached, but opens no websocket, and kernels need one: ${how} Probably a proxy on the way passes no websocket upgrades on. Ask the administrator of ${host} to let them through; until then no cell can run here.`;
  return new ProductError("no-websocket", text, { cause });
}
