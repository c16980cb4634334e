// Types of one cell run: its input, the kernel it needs, the host it reports to, its result.
import type { Clock } from "../../base/clock";
import type { Logger } from "../../base/log";
import type { ExecuteReply, InputRequest, Message } from "../../services/kernel/messages";
import type { DisplayIds } from "../outputs/displayIds";
import type { OutputSink } from "../outputs/outputBatcher";
import type { NextInput } from "./payloads";

/** The part of a kernel connection that a run needs. */
export interface ExecutingKernel {
  /** Sends `code`. */
  execute(code: string, callbacks: ExecuteCallbacks, options: ExecuteOptions): ExecuteFuture;
}

export interface ExecuteOptions {
  /** The notebook's own id of the cell, for the request's metadata. */
  readonly cellId?: string | undefined;
  /** Whether the kernel drops what is in its queue when the code fails. */
  readonly stopOnError: boolean;
}

export interface ExecuteCallbacks {
  /** Called for each iopub message of the request, in order. */
  onMessage(message: Message): void;
  /** Called when the code waits for a line of input. */
  onInput(request: InputRequest, reply: (value: string) => void): void;
  /** Called with the reply, before all output may be here. */
  onReply(reply: ExecuteReply): void;
  /** Called at the end where some output was dropped between kernel and server. */
  onDropped(): void;
}

export interface ExecuteFuture {
  /** Resolves when reply and idle are here; rejects with a ProductError once they cannot come any more. */
  readonly done: Promise<ExecuteReply>;
  /** Stops the callbacks; the kernel goes on. */
  dispose(): void;
}

/** The input of a run. */
export interface CellRun {
  /** Names the cell among all notebooks of the kernel; the same for every run of it. */
  readonly cell: string;
  /** The id that the notebook file gives the cell, where it has one. */
  readonly cellId?: string | undefined;
  readonly code: string;
  /** An error in it does not end what was queued together with it. */
  readonly mayFail?: boolean;
}

/** The messages of a run that the previous window has received. */
export interface RecordedRun {
  readonly messages: readonly { readonly message: Message; readonly at: number }[];
  /** Some of what came was not kept. */
  readonly incomplete: boolean;
  /** How it ended; undefined while it goes on. */
  readonly settled: { readonly success: boolean | undefined; readonly endTime: number } | undefined;
}

/** Where a run shows itself. */
export interface CellExecutionHost {
  readonly sink: OutputSink;
  /** The registry of the kernel connection. */
  readonly displayIds: DisplayIds;
  /** The kernel has begun (milliseconds since the epoch); called once, before anything is written to `sink`. */
  onStart(startTime: number): void;
  /** The number of the prompt, as soon as it is known. */
  onExecutionCount(count: number): void;
  /** The code waits for a line of input. */
  onInput(request: InputRequest, reply: (value: string) => void): void;
  /** The kernel proposes what to run next. */
  onNextInput?(next: NextInput): void;
  /** Something of its outputs waits to be written to `sink`: `CellExecution.written` resolves when it is. */
  onUnwritten?(): void;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** How a run ended. Times are milliseconds since the epoch. */
export interface CellOutcome {
  /** `undefined`: the cell was not run (to its end): aborted by an earlier failure, or cancelled. */
  readonly success: boolean | undefined;
  readonly executionCount: number | null;
  /** `null`: never begun. */
  readonly startTime: number | null;
  readonly endTime: number;
  /** The run failed by an error in its code, as it may: cells that were queued together with it run all the same. */
  readonly mayFail?: true;
}
