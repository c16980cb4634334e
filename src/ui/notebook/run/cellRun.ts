// One cell's run in VS Code: the execution that shows it, and the run behind it.
import type * as vscode from "vscode";
import type { DisplayIds } from "../../../notebook/outputs/displayIds";
import { CellExecution } from "../../../notebook/run/execution";
import type { JournaledRun } from "../../../notebook/run/journal";
import type { QueuedRun } from "../../../notebook/run/executionQueue";
import type { ExecutingKernel } from "../../../notebook/run/run";
import type { InputRequest } from "../../../services/kernel/messages";
import type { Logger } from "../../../base/log";
import { noteCreated } from "../output/cellNumber";
import { CellSink } from "../output/cellSink";
import { cellIdOf } from "./earlierRuns";
import type { KernelTarget } from "../facts/target";
import type { BatchedCalls } from "../output/batchedCalls";
import { applyNextInput } from "./setNextInput";

export interface CellRunPorts {
  readonly controller: vscode.NotebookController;
  readonly displayIds: DisplayIds;
  readonly log: Logger;
  /** Reports beginnings and ends of the notebook's cells to VS Code, in batches. */
  readonly gathered: BatchedCalls;
  /** Gives the kernel when the run is sent. */
  readonly connect: () => Promise<ExecutingKernel>;
  /** The kernel has begun with it. */
  readonly started: () => void;
  /** Some of its outputs are not in the document yet. */
  readonly unwritten: () => void;
  /** The user has stopped the cell, or deleted it. */
  readonly cancelled: () => void;
  /** The run is over, and VS Code shows the cell as running no more. */
  readonly closed: () => void;
  /** Whether no other cell waits to be run. */
  readonly isLast: () => boolean;
  readonly ask: (request: InputRequest, reply: (value: string) => void) => void;
}

/** A cell, and the id of its run. */
export interface CellToRun {
  readonly cell: vscode.NotebookCell;
  readonly id: string;
}

/** The kernel that runs cells, and VS Code's controller for it. */
export interface RunPlace {
  readonly target: KernelTarget;
  readonly controller: vscode.NotebookController;
}

/** The code to run, and its record if it is a resumed run. */
export interface RunSource {
  readonly code: string;
  /** Its failure ends what was asked to run together with it. */
  readonly stops: boolean;
  readonly earlier?: JournaledRun | undefined;
  /** The previous window ended without warning: messages on their way to it may be lost. */
  readonly mayMiss?: boolean;
}

/** A run of `cell`, pending there from now on; its end ends it there too. */
export function createCellRun(cell: vscode.NotebookCell, { code, stops }: RunSource, ports: CellRunPorts): CellExecution {
  const execution = ports.controller.createNotebookCellExecution(cell);
  noteCreated(execution);
  const sink = new CellSink(ports.controller, execution, ports.gathered);
  const mayFail = !stops || tagsOf(cell).includes("raises-exception");
  const run = new CellExecution({ cell: cell.document.uri.toString(), cellId: cellIdOf(cell), code, mayFail }, ports.connect, {
    sink,
    displayIds: ports.displayIds,
    log: ports.log,
    onStart: (startTime) => {
      sink.begin(startTime);
      ports.started();
    },
    onExecutionCount: (count) => sink.number(count),
    onUnwritten: ports.unwritten,
    onInput: ports.ask,
    onNextInput: (next) => {
      sink.endsAfter(
        applyNextInput(cell, next).catch((error: unknown) => ports.log.warn("The kernel's next input could not be written", error)),
      );
    },
  });
  sink.onVanished = (ids) => run.vanished(ids);
  // Not the controller's interrupt handler: that does not get to know which cells are meant, the running one or a waiting one.
  const cancelling = execution.token.onCancellationRequested(ports.cancelled);
  run.outcome
    .then(async ({ success, startTime, endTime }) => {
      await sink.end({ success, startTime: startTime ?? undefined, endTime }, ports.isLast());
    })
    .catch((error: unknown) => ports.log.warn("A cell's execution could not be ended", error))
    .finally(() => {
      cancelling.dispose();
      ports.closed();
    });
  return run;
}

/** Shows the record of a resumed run; its beginning and end are reported as if they were now. */
export function recallRun(run: CellExecution, { earlier, mayMiss }: RunSource): void {
  if (!earlier) return;
  run.recall({ messages: earlier.messages, incomplete: earlier.overflown, settled: earlier.settled });
  const last = earlier.messages.at(-1);
  if (mayMiss && last && !earlier.settled) {
    run.notice(`The window was closed without warning at ${new Date(last.at).toLocaleTimeString()}; output of that moment may be missing.`);
  }
}

/** Runs a cell without code, as JupyterLab does: its outputs and its number are removed, and nothing is sent. A failure is logged. */
export async function clearRunQuietly(cell: vscode.NotebookCell, controller: vscode.NotebookController, log: Logger): Promise<void> {
  try {
    const execution = controller.createNotebookCellExecution(cell);
    execution.executionOrder = undefined;
    execution.start();
    try {
      await execution.clearOutput();
    } finally {
      execution.end(undefined);
    }
  } catch (error) {
    log.warn("A cell without code could not be cleared", error);
  }
}

/** The cell's tags, of which the notebook format gives `raises-exception` a meaning: it is expected to fail. */
function tagsOf(cell: vscode.NotebookCell): readonly unknown[] {
  const metadata: unknown = cell.metadata["metadata"];
  const tags: unknown = typeof metadata === "object" && metadata !== null && "tags" in metadata ? metadata.tags : undefined;
  return Array.isArray(tags) ? tags : [];
}

/** The run as it waits in the queue. @param begins given what is to be called when the kernel has begun with it */
export function queuedRun(run: CellExecution, begins: (started: () => void) => void): QueuedRun {
  return {
    run: ({ behind, started, succeeded }) => {
      begins(started);
      return run.run(behind, succeeded);
    },
    cancel: () => run.cancel(),
    mayFail: run.mayFail,
  };
}
