// The state of a kernel connection as a pure reducer: what happened → the new state, and what to do about it.
import { ConnectError, hasCode } from "../../../base/errors";
import { backoff } from "../../../base/async";
import { deadError, diedError, evictedError, goneError, notBegunError, restartedError } from "../kernelErrors";

/** What the kernel does, as far as it is known. */
export type KernelStatus =
  | "unknown"
  | "starting"
  | "idle"
  | "busy"
  | "restarting"
  | "autorestarting"
  | "terminating"
  | "dead";

/** `resting`: closed by our own will, while nobody needs it; the next use connects. */
export type ConnectionStatus = "connecting" | "connected" | "disconnected" | "resting";

/** A kernel connection's state. `ended` says why it will never be connected again. */
export interface KernelState {
  readonly kernel: KernelStatus;
  readonly connection: ConnectionStatus;
  /** Attempts that came to nothing since the kernel was last heard; a handshake alone is no success. */
  readonly attempt: number;
  /** A websocket could be opened once: what refuses one since will pass. */
  readonly worked: boolean;
  /** Why no websocket could be opened the last time; undefined once one is. */
  readonly refusal?: Error | undefined;
  /** The kernel was not heard since the websocket was opened. */
  readonly unanswered: boolean;
  /** Milliseconds from the last of them to the next. */
  readonly pause: number;
  /** How many of them in a row were told that the server is stopped. */
  readonly stopped: number;
  /** The network was silent: the server must answer a request before another websocket is opened. */
  readonly silent: boolean;
  /** The kernel's own code ends it (`exit()`). */
  readonly exits: boolean;
  readonly ended?: ConnectError;
}

/** Why the kernel's process is another one, without our doing: somebody's restart, `exit()`, or it ended, and the server started it anew. */
export type Replacement = "restarted" | "exited" | "died";

export type KernelEvent =
  /** Someone wants the connection, now. */
  | { readonly type: "connect" }
  | { readonly type: "opened" }
  /** The kernel was heard through the open websocket, or that has held for longer than any pause. */
  | { readonly type: "answered" }
  /** The websocket could not be opened. */
  | { readonly type: "refused"; readonly error: Error }
  /**
   * The websocket is gone; `suspect`: as the server closes the older of two with one session id; `silent`: nothing had
   * been heard for too long.
   */
  | { readonly type: "closed"; readonly suspect: boolean; readonly silent: boolean }
  /** The websocket is gone because nobody needs it for now. */
  | { readonly type: "rested" }
  /** It was not closed for another client's sake. */
  | { readonly type: "not-evicted" }
  /** The server closed it because another client came with our session id. */
  | { readonly type: "evicted" }
  /** The kernel's own status message; `solicited`: it belongs to a request. */
  | { readonly type: "told"; readonly status: string; readonly solicited: boolean }
  /** The server's model of the kernel. */
  | { readonly type: "modelled"; readonly status: string }
  /** The kernel says that its process ends; whoever asked it to. */
  | { readonly type: "ending"; readonly restart: boolean }
  /** Its messages come from another process: it was restarted, and nothing was heard of that. */
  | { readonly type: "another-process" }
  /** Code of the kernel's own has asked it to end. */
  | { readonly type: "exiting" }
  | { readonly type: "restart"; readonly error?: ConnectError }
  | { readonly type: "restarted" }
  | { readonly type: "restart-failed" }
  | { readonly type: "gone"; readonly error: ConnectError }
  | { readonly type: "disposed" };

export type KernelEffect =
  /** Open a websocket now, or connect after a pause (milliseconds). */
  | { readonly type: "open"; readonly after: number }
  | { readonly type: "close" }
  /** Close the websocket and open another: the server has to find the kernel anew. */
  | { readonly type: "reopen" }
  /** Send the kernel_info request that finds out which replies are lost, and learn the model. */
  | { readonly type: "probe" }
  /** Send what was held back. */
  | { readonly type: "flush" }
  /** Find out whether another client has our session id now. */
  | { readonly type: "ask-eviction" }
  /** Find out when the server has taken the kernel off its list. */
  | { readonly type: "await-end" }
  /**
   * Settle requests with this error: all, or only those that were not sent yet. `notBegun`: for what the kernel had not
   * begun with. `replaced`: why the process is another one, to be told before.
   */
  | { readonly type: "fail"; readonly error: ConnectError; readonly only?: "unsent"; readonly notBegun?: ConnectError; readonly replaced?: Replacement };

export interface Step {
  readonly state: KernelState;
  readonly effects: readonly KernelEffect[];
}

export const initialState: KernelState = {
  ...{ kernel: "unknown", connection: "disconnected", attempt: 0, worked: false, unanswered: false, pause: 0, stopped: 0, silent: false, exits: false },
};

/** Milliseconds: first pause and ceiling between attempts to reconnect. */
export const pause = { first: 500, ceiling: 30_000 };

/**
 * So often in a row (over about a minute) it must be told that the server is stopped: a proxy that was just restarted
 * says so too until the hub has told it its routes. Who can ask the hub knows sooner, and ends the connection.
 */
const stoppedProof = 8;

/** What holds without a connection, because nothing the kernel does by itself ends it. */
const lasting: ReadonlySet<KernelStatus> = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** The status to show: what a kernel does that one is not connected to is unknown. */
export function visibleStatus(state: KernelState): KernelStatus {
  return state.connection === "connected" || lasting.has(state.kernel) ? state.kernel : "unknown";
}

/**
 * One step. Once ended, a connection stays ended.
 * @param random for the jitter of back-off, in [0, 1)
 */
export function reduce(state: KernelState, event: KernelEvent, random: () => number = Math.random): Step {
  if (state.ended) return { state, effects: [] };
  switch (event.type) {
    case "connect":
      if (state.connection === "connecting" || state.connection === "connected") return { state, effects: [] };
      return { state: { ...state, connection: "connecting" }, effects: [{ type: "open", after: 0 }] };
    case "opened":
      return opened(state);
    case "answered":
      return keep({ ...state, attempt: 0, unanswered: false });
    case "refused":
      return refused(state, event.error, random);
    case "closed": {
      const closed: KernelState = { ...state, connection: "connecting", silent: event.silent };
      return event.suspect ? { state: closed, effects: [{ type: "ask-eviction" }] } : reconnect(closed, random);
    }
    case "rested":
      return keep({ ...state, connection: "resting" });
    case "not-evicted":
      return reconnect(state, random);
    case "evicted":
      return end(state, state.kernel, evictedError());
    case "told":
      return told(state, event.status, event.solicited);
    case "ending":
      return ending(state, event.restart);
    case "another-process":
      return lasting.has(state.kernel) ? keep(state) : anew(state, state.exits ? "exited" : "restarted");
    case "exiting":
      return keep({ ...state, exits: true });
    case "modelled":
      if (event.status === "dead") return end(state, "dead", deadError());
      // A message of the kernel's own is newer than what the server remembers.
      return state.kernel === "unknown" ? keep({ ...state, kernel: kernelStatus(event.status) }) : keep(state);
    case "restart":
      return {
        state: { ...state, kernel: "restarting", exits: false },
        effects: [{ type: "fail", error: event.error ?? restartedError() }],
      };
    case "restarted":
      // The server lets nothing through a new websocket before it hears the new process on every channel; through the
      // old one, what the process says first may be lost.
      return { state: { ...state, kernel: "unknown", connection: "connecting" }, effects: [{ type: "reopen" }] };
    case "restart-failed":
      return { state: { ...state, kernel: "unknown" }, effects: asked };
    case "gone":
      return end(state, "dead", event.error);
    case "disposed":
      return end(state, state.kernel, new ConnectError("disposed", "The connection to the kernel was closed."));
  }
}

/** @throws ConnectError where the connection has ended for good */
export function throwIfEnded({ ended }: KernelState): void {
  if (ended) throw ended;
}

/** First the question, then what was held back: it meets a kernel that is known to answer. */
const asked: readonly KernelEffect[] = [{ type: "probe" }, { type: "flush" }];

function opened(state: KernelState): Step {
  const fresh = { connection: "connected", worked: true, refusal: undefined, unanswered: true, stopped: 0, silent: false } as const;
  return { state: { ...state, ...fresh }, effects: asked };
}

function keep(state: KernelState): Step {
  return { state, effects: [] };
}

function end(state: KernelState, kernel: KernelStatus, error: ConnectError): Step {
  return {
    state: { ...state, kernel, connection: "disconnected", ended: error },
    effects: [{ type: "fail", error }, { type: "close" }],
  };
}

/**
 * The websocket is gone: opens the next one, at once where the kernel was heard through this one, or it was the first
 * since then: while there is no websocket the server may drop what the kernel says. What takes every handshake and closes
 * then would be asked without end.
 */
function reconnect(state: KernelState, random: () => number): Step {
  if (state.unanswered && state.attempt > 0) return retry(state, backoff(state.attempt - 1, pause.first, pause.ceiling, random));
  return { state: { ...state, attempt: state.attempt + (state.unanswered ? 1 : 0) }, effects: [{ type: "open", after: 0 }] };
}

/** Tries again in `after` milliseconds. */
function retry(state: KernelState, after: number): Step {
  const next: KernelState = { ...state, connection: "disconnected", attempt: state.attempt + 1, pause: after };
  return { state: next, effects: [{ type: "open", after }] };
}

function refused(state: KernelState, error: Error, random: () => number): Step {
  if (hasCode(error, "not-found")) return end(state, "dead", goneError(error));
  const stopped = hasCode(error, "server-stopped") ? state.stopped + 1 : 0;
  // A kernel ends with its server.
  if (hasCode(error, "server-stopped") && stopped >= stoppedProof) return end(state, "dead", error);
  const needsPerson = hasCode(error, "address", "signed-out", "forbidden", "certificate", "proxy", "no-websocket");
  const silent = state.silent || hasCode(error, "timeout");
  const after = backoff(needsPerson ? Number.MAX_SAFE_INTEGER : state.attempt, pause.first, pause.ceiling, random);
  const again = retry({ ...state, refusal: error, stopped, silent }, after);
  // What was sent may still be answered once that is mended; what was not sent need not wait for it.
  return needsPerson ? { ...again, effects: [{ type: "fail", error, only: "unsent" }, ...again.effects] } : again;
}

/** Somebody restarts the kernel or shuts it down; our own restart is known already. */
function ending(state: KernelState, restart: boolean): Step {
  if (state.kernel === "restarting") return keep(state);
  if (!restart) return { state: { ...state, kernel: "terminating" }, effects: [{ type: "await-end" }] };
  return anew(state, "restarted");
}

function told(state: KernelState, status: string, solicited: boolean): Step {
  const kernel = kernelStatus(status);
  if (kernel === "dead") return end(state, "dead", deadError());
  // Late messages of the old process say nothing about the new one.
  if (state.kernel === "restarting" || state.kernel === "terminating") return keep(state);
  if (kernel === "restarting" && !solicited) return anew(state, state.exits ? "exited" : "died");
  return keep({ ...state, kernel });
}

/**
 * A new process without our doing: nothing else will come for what was running. A kernel that died soon after its start
 * comes back on other ports, and the server's end of this websocket goes on listening to the old ones; a new websocket
 * finds the new ones.
 */
function anew(state: KernelState, by: Replacement): Step {
  const exits = by === "exited";
  const reasons = by === "restarted" ? { error: restartedError() } : { error: diedError(exits), notBegun: notBegunError(exits) };
  // The server may say it more than once.
  const isNews = state.kernel !== "autorestarting";
  return {
    state: { ...state, kernel: "autorestarting", connection: "connecting", exits: false },
    effects: [{ type: "fail", ...reasons, ...(isNews && { replaced: by }) }, { type: "reopen" }],
  };
}

function kernelStatus(status: string): KernelStatus {
  switch (status) {
    case "starting":
    case "idle":
    case "busy":
    case "restarting":
    case "autorestarting":
    case "terminating":
    case "dead":
      return status;
    default:
      return "unknown";
  }
}
