// What the state of a kernel connection holds, what can happen to it, and what is to be done then: the types of its reducer.
import type { ProductError } from "../../../base/errors";

/** What the kernel does, as far as it is known. */
export type KernelStatus = "unknown" | "starting" | "idle" | "busy" | "restarting" | "autorestarting" | "terminating" | "dead";

/** `resting`: closed by our own will, while nobody needs it; the next use connects. */
export type ConnectionStatus = "connecting" | "connected" | "disconnected" | "resting";

/**
 * Whether the kernel's present process has been heard on all channels; if not, why: the connection is fresh, or the process
 * is a new one, and what is heard may still be the process before. A kernel that was heard is heard through the next
 * websocket, too.
 */
export type Heard = "yes" | "connection" | "process";

/** An outage in which answers were awaited. */
export interface Outage {
  /** In milliseconds since the epoch. */
  readonly from: number;
  /** What the server said in it may have gone nowhere, or to another websocket: it does not keep that. */
  readonly silent: boolean;
}

/** A kernel connection's state. `ended` says why it will never be connected again. */
export interface KernelState {
  readonly kernel: KernelStatus;
  readonly connection: ConnectionStatus;
  readonly heard: Heard;
  /** Whether the websocket is being closed by our own will, and why: nobody needs it for now, or no other is to be opened. */
  readonly closing: "no" | "rest" | "leave";
  /** The server may have closed the last websocket for another client's sake; it is asked, and no other is opened until then. */
  readonly suspect: boolean;
  /** Until the kernel and its server are asked what was missed. */
  readonly outage?: Outage | undefined;
  /** How many handlers are too slow: as long as any are, the server has to wait. */
  readonly congestion: number;
  /** When the last websocket was opened, in milliseconds since the epoch. */
  readonly openedAt: number;
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
  readonly ended?: ProductError;
}

/** Why the kernel's process is another one, without our doing: somebody's restart, `exit()`, or it ended, and the server started it anew. */
export type Replacement = "restarted" | "exited" | "died";

export type KernelEvent =
  /** Someone wants the connection, now. */
  | { readonly type: "connect" }
  | { readonly type: "opened" }
  /** The kernel was heard through the open websocket. */
  | { readonly type: "answered" }
  /** It was heard on iopub, or has answered a question completely. After a change of process the first may be the old one. */
  | { readonly type: "heard"; readonly by: "iopub" | "answer" }
  /** The websocket could not be opened. */
  | { readonly type: "open-failed"; readonly error: Error }
  /**
   * The websocket is gone; `suspect`: as the server closes the older of two with one session id; `silent`: nothing had
   * been heard for too long; `awaiting`: answers were awaited.
   */
  | { readonly type: "closed"; readonly suspect: boolean; readonly silent: boolean; readonly awaiting?: boolean }
  /** Nobody needs the websocket for now. */
  | { readonly type: "rest" }
  /** Nobody needs it any more: what the server has sent is still received, and no other is opened. */
  | { readonly type: "leave" }
  /** A handler is too slow, or no longer. */
  | { readonly type: "congested"; readonly congested: boolean }
  /** It was not closed for another client's sake. */
  | { readonly type: "not-evicted" }
  /** The server closed it because another client came with our session id. */
  | { readonly type: "evicted" }
  /** The kernel's own status message; `hasParent`: it belongs to a request. */
  | { readonly type: "status-message"; readonly status: string; readonly hasParent: boolean }
  /** The server's model of the kernel. */
  | { readonly type: "rest-model"; readonly status: string }
  /** The kernel says that its process ends; whoever asked it to. */
  | { readonly type: "ending"; readonly restart: boolean }
  /** Its messages come from another process: it was restarted, and nothing was heard of that. */
  | { readonly type: "another-process" }
  /** Code of the kernel's own has asked it to end. */
  | { readonly type: "exiting" }
  | { readonly type: "restart"; readonly error?: ProductError }
  | { readonly type: "restarted" }
  | { readonly type: "restart-failed" }
  | { readonly type: "gone"; readonly error: ProductError }
  | { readonly type: "disposed" };

export type KernelEffect =
  /** Open a websocket now, or connect after a pause (milliseconds). */
  | { readonly type: "open"; readonly after: number }
  | { readonly type: "close" }
  /** Close the websocket in order: what the server has sent until it hears of that is received. */
  | { readonly type: "leave" }
  /** Read nothing more from the websocket, so that the server has to wait, or go on with it. */
  | { readonly type: "read"; readonly paused: boolean }
  /** Close the websocket and open another: the server has to find the kernel anew. */
  | { readonly type: "reopen" }
  /** Send the kernel_info request that finds out which replies are lost, and learn the model, and what of an outage is lost. */
  | { readonly type: "probe"; readonly outage?: Outage }
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
  | {
      readonly type: "fail";
      readonly error: ProductError;
      readonly only?: "unsent";
      readonly notBegun?: ProductError;
      readonly replaced?: Replacement;
    };
