// The state of a kernel connection as a pure reducer (state machine): an event → the new state and its effects; reconnect, back-off, eviction, restart.
import { ProductError, hasCode } from "../../../base/errors";
import { backoff } from "../../../base/async";
import { deadError, diedError, evictedError, goneError, notBegunError, restartedError } from "../kernelErrors";
import type { Message } from "../messages";
import type { KernelEffect, KernelEvent, KernelState, KernelStatus, Replacement } from "./stateTypes";

export type * from "./stateTypes";

export interface Step {
  readonly state: KernelState;
  readonly effects: readonly KernelEffect[];
}

export const initialState: KernelState = {
  ...{
    kernel: "unknown",
    connection: "disconnected",
    heard: "connection",
    closing: "no",
    suspect: false,
    congestion: 0,
    openedAt: 0,
    attempt: 0,
    worked: false,
    unanswered: false,
    pause: 0,
    stopped: 0,
    silent: false,
    exits: false,
  },
};

/** Milliseconds: first back-off and ceiling between attempts to reconnect. */
export const pause = { first: 500, ceiling: 30_000 };

/**
 * So often in a row (over about a minute) it must be told that the server is stopped: a proxy that was just restarted
 * says so too until it has its routes from the hub. A caller that can ask the hub knows sooner, and ends the connection.
 */
const stoppedProof = 8;

/** What holds without a connection, because nothing the kernel does by itself ends it. */
const lasting: ReadonlySet<KernelStatus> = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** The status to show: what a kernel does that one is not connected to is unknown. */
export function visibleStatus(state: KernelState): KernelStatus {
  return state.connection === "connected" || lasting.has(state.kernel) ? state.kernel : "unknown";
}

/**
 * Whether a message has to wait, though there is a websocket. The kernel is asked first, and its shell is given nothing
 * before it is heard: what it printed for that could be lost. (A server that takes it for busy lets us through before it
 * listens itself.) Answers to its questions are not held: it waits for them. Nor is what goes to its control channel, which
 * answers while a cell runs. While it is being restarted nothing is sent.
 */
export function mustWait({ heard, kernel }: KernelState, { channel, header }: Message): boolean {
  if (kernel === "restarting") return true;
  return heard !== "yes" && channel === "shell" && header.msg_type !== "kernel_info_request";
}

/**
 * One step. Once ended, a connection stays ended.
 * @param random for the jitter of back-off, in [0, 1)
 * @param now the time, in milliseconds since the epoch
 */
export function reduce(state: KernelState, event: KernelEvent, random: () => number = Math.random, now: () => number = Date.now): Step {
  // What is still read when it ends must not stand still.
  if (event.type === "congested") return congested(state, event.congested);
  if (state.ended) return { state, effects: [] };
  switch (event.type) {
    case "connect":
      if (state.connection === "connecting" || state.connection === "connected") return { state, effects: [] };
      return { state: { ...state, connection: "connecting" }, effects: [{ type: "open", after: 0 }] };
    case "opened":
      return opened(state, now());
    case "answered":
      return keep(answered(state));
    case "heard":
      return heard(state, event.by);
    case "open-failed":
      return refused(state, event.error, random);
    case "closed":
      return closed(state, event, random, now());
    case "rest":
      if (state.connection !== "connected" || state.closing !== "no" || state.heard !== "yes" || state.kernel !== "idle")
        return keep(state);
      return { state: { ...state, closing: "rest" }, effects: [{ type: "leave" }] };
    case "leave":
      return { state: { ...state, closing: "leave" }, effects: [{ type: "leave" }] };
    case "not-evicted":
      // A new process has another websocket already.
      if (!state.suspect) return keep(state);
      // What took our place for a moment was a late attempt of our own, and was given what the server had kept for us.
      return reconnect({ ...state, suspect: false, ...(state.outage && { outage: { ...state.outage, silent: true } }) }, random);
    case "evicted":
      return state.suspect ? end(state, state.kernel, evictedError()) : keep(state);
    case "status-message":
      return statusMessage(state, event.status, event.hasParent);
    case "ending":
      return ending(state, event.restart);
    case "another-process":
      return lasting.has(state.kernel) || state.heard === "process"
        ? keep(state)
        : processReplaced(state, state.exits ? "exited" : "restarted");
    case "exiting":
      return keep({ ...state, exits: true });
    case "rest-model":
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
      return reopen({ ...state, kernel: "unknown" });
    case "restart-failed":
      return ask({ ...state, kernel: "unknown" });
    case "gone":
      return end(state, "dead", event.error);
    case "disposed":
      return end(state, state.kernel, new ProductError("disposed", "The connection to the kernel was closed."));
  }
}

/** @throws ProductError where the connection has ended for good */
export function throwIfEnded({ ended }: KernelState): void {
  if (ended) throw ended;
}

/** First the question, then what was held back: it meets a kernel that is known to answer. */
function ask({ outage, ...state }: KernelState): Step {
  return { state, effects: [{ type: "probe", ...(outage && { outage }) }, { type: "flush" }] };
}

function opened(state: KernelState, now: number): Step {
  const fresh = { connection: "connected", worked: true, refusal: undefined, unanswered: true, stopped: 0, silent: false } as const;
  const step = ask({ ...state, ...fresh, openedAt: now });
  return state.congestion > 0 ? { ...step, effects: [{ type: "read", paused: true }, ...step.effects] } : step;
}

function answered(state: KernelState): KernelState {
  return { ...state, attempt: 0, unanswered: false };
}

function heard(state: KernelState, by: "iopub" | "answer"): Step {
  if (state.heard === "yes" || (state.heard === "process" && by === "iopub")) return keep(state);
  return { state: { ...state, heard: "yes" }, effects: [{ type: "flush" }] };
}

function congested(state: KernelState, more: boolean): Step {
  const congestion = state.congestion + (more ? 1 : -1);
  return { state: { ...state, congestion }, effects: [{ type: "read", paused: congestion > 0 }] };
}

function keep(state: KernelState): Step {
  return { state, effects: [] };
}

function end(state: KernelState, kernel: KernelStatus, error: ProductError): Step {
  return {
    state: { ...state, kernel, connection: "disconnected", ended: error },
    effects: [{ type: "fail", error }, { type: "close" }],
  };
}

/** The websocket is gone; what that means hangs on who has closed it, and whether anything was awaited. */
function closed(state: KernelState, event: KernelEvent & { readonly type: "closed" }, random: () => number, now: number): Step {
  if (state.closing === "leave") return keep(state);
  if (state.closing === "rest") return keep({ ...state, connection: "resting", closing: "no" });
  const { suspect, silent, awaiting } = event;
  // A busy kernel may say nothing for long.
  const before = now - state.openedAt > pause.ceiling ? answered(state) : state;
  const next: KernelState = { ...before, connection: "connecting", suspect, silent, ...(awaiting && { outage: { from: now, silent } }) };
  return suspect ? { state: next, effects: [{ type: "ask-eviction" }] } : reconnect(next, random);
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
  // The last word of the process before ends nothing that was asked of the new one.
  if (state.kernel === "restarting" || state.heard === "process") return keep(state);
  if (!restart) return { state: { ...state, kernel: "terminating" }, effects: [{ type: "await-end" }] };
  return processReplaced(state, "restarted");
}

function statusMessage(state: KernelState, status: string, hasParent: boolean): Step {
  const kernel = kernelStatus(status);
  if (kernel === "dead") return end(state, "dead", deadError());
  // Late messages of the old process say nothing about the new one.
  if (state.kernel === "restarting" || state.kernel === "terminating") return keep(state);
  if (kernel === "restarting" && !hasParent) return processReplaced(state, state.exits ? "exited" : "died");
  return keep({ ...state, kernel });
}

/**
 * A new process without our doing: nothing else will come for what was running. A kernel that died soon after its start
 * comes back on other ports, and the server's end of this websocket goes on listening to the old ones; a new websocket
 * finds the new ones.
 */
function processReplaced(state: KernelState, by: Replacement): Step {
  const exits = by === "exited";
  const reasons = by === "restarted" ? { error: restartedError() } : { error: diedError(exits), notBegun: notBegunError(exits) };
  // The server may say it more than once.
  const isNews = state.kernel !== "autorestarting";
  const step = reopen({ ...state, kernel: "autorestarting", exits: false });
  return { ...step, effects: [{ type: "fail", ...reasons, ...(isNews && { replaced: by }) }, ...step.effects] };
}

/** The process is a new one, which another websocket finds. What is being left opens no other. */
function reopen(state: KernelState): Step {
  if (state.closing === "leave") return keep({ ...state, heard: "process" });
  return { state: { ...state, connection: "connecting", closing: "no", suspect: false, heard: "process" }, effects: [{ type: "reopen" }] };
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
