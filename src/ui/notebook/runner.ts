// The running cells of one open notebook: its queue, its kernel, its interrupt.
import { createHash } from "node:crypto";
import * as vscode from "vscode";
import type { NotebookKernel, NotebookRef } from "../../app/notebookSessions";
import { ConnectError, hasCode, messageOf } from "../../base/errors";
import { DisplayIds } from "../../notebook/displayIds";
import { CellExecution, type ExecutingKernel } from "../../notebook/execution";
import { ExecutionQueue, type QueuedRun } from "../../notebook/executionQueue";
import type { KernelConnection } from "../../services/kernel/connection";
import { contentOf, inputRequestContent, type InputRequest } from "../../services/kernel/messages";
import type { AppContext } from "../context";
import { withStartProgress } from "../servers/start";
import { CellSink } from "./cellSink";
import type { KernelTarget } from "./controllers";
import { writeKernelMetadata } from "./kernelMetadata";

/** Runs the cells of one notebook, one after the other, and always settles them. */
export class NotebookRunner implements vscode.Disposable {
  readonly #app: AppContext;
  readonly #notebook: vscode.NotebookDocument;
  readonly #queue: ExecutionQueue;
  readonly #ref: NotebookRef;
  /** The kernel the display ids belong to. */
  #kernel: KernelConnection | undefined;
  #displayIds = new DisplayIds();
  #running: CellExecution | undefined;
  #connecting: AbortController | undefined;

  constructor(app: AppContext, notebook: vscode.NotebookDocument) {
    this.#app = app;
    this.#notebook = notebook;
    this.#queue = new ExecutionQueue(app.log);
    this.#ref = refOf(notebook);
  }

  /** Queues cells that were asked for together. */
  run(cells: readonly vscode.NotebookCell[], target: KernelTarget, controller: vscode.NotebookController): void {
    this.#queue.add(cells.map((cell) => this.#queued(cell, target, controller)));
  }

  /** Takes back what is queued and interrupts what runs; a kernel that is still being connected is not waited for. */
  async interrupt(): Promise<void> {
    this.#queue.clear();
    if (this.#connecting) {
      this.#connecting.abort(new ConnectError("aborted", "Interrupted while waiting for the kernel."));
      return;
    }
    if (this.#running) await this.#app.notebookSessions.interrupt(this.#ref.key);
  }

  /** Restarts the kernel; what runs and what is queued ends. */
  async restart(): Promise<void> {
    this.#queue.clear();
    await this.#app.notebookSessions.restart(this.#ref.key);
  }

  /** Shuts the kernel down for everyone; what runs and what is queued ends. */
  async shutDown(): Promise<void> {
    this.#queue.clear();
    await this.#app.notebookSessions.shutdown(this.#ref.key);
  }

  /** The notebook is closed, or has another kernel: the kernel goes on, nobody here listens any more. */
  dispose(): void {
    this.#connecting?.abort();
    this.#queue.dispose();
    this.#app.notebookSessions.close(this.#ref.key);
  }

  #queued(cell: vscode.NotebookCell, target: KernelTarget, controller: vscode.NotebookController): QueuedRun {
    const execution = controller.createNotebookCellExecution(cell);
    const sink = new CellSink(controller, execution);
    const run = new CellExecution(
      { cell: cell.document.uri.toString(), cellId: cellIdOf(cell), code: cell.document.getText() },
      () => this.#connect(target),
      {
        sink,
        displayIds: this.#displayIds,
        log: this.#app.log,
        onStart: (startTime) => execution.start(startTime),
        onExecutionCount: (count) => (execution.executionOrder = count),
        onInput: (request, reply) => void this.#ask(cell, request, reply),
      },
    );
    void run.outcome.then(({ success, startTime, endTime }) => {
      if (this.#running === run) this.#running = undefined;
      sink.end({ success, startTime: startTime ?? undefined, endTime });
    });
    return {
      run: () => {
        this.#running = run;
        return run.run();
      },
      cancel: () => run.cancel(),
    };
  }

  async #connect(target: KernelTarget): Promise<ExecutingKernel> {
    const connecting = (this.#connecting = new AbortController());
    try {
      const connected = await withStartProgress(target.server, connecting.signal, (options) =>
        this.#app.notebookSessions.connect(this.#ref, target.server, target.spec.name, options),
      );
      this.#adopt(connected, target);
      return executing(connected.kernel);
    } finally {
      if (this.#connecting === connecting) this.#connecting = undefined;
    }
  }

  #adopt({ kernel }: NotebookKernel, target: KernelTarget): void {
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    kernel.onDidMissMessages(({ from, to }) => {
      const seconds = Math.round((to - from) / 1000);
      this.#running?.notice(`The connection was lost for ${seconds} s; some output of that time may be missing.`);
    });
    kernel.info.then(
      (info) => writeKernelMetadata(this.#notebook, target.spec, info),
      (error: unknown) => this.#app.log.debug("The kernel did not say what it is", error),
    );
  }

  /** Asks the person; dismissing is an interrupt, not an empty answer. */
  async #ask(cell: vscode.NotebookCell, { prompt, password }: InputRequest, reply: (value: string) => void): Promise<void> {
    const box = { title: `Input for cell ${cell.index + 1}`, prompt, password, ignoreFocusOut: true };
    const answer = await vscode.window.showInputBox(box);
    if (answer !== undefined) {
      reply(answer);
      return;
    }
    try {
      await this.interrupt();
    } catch (error) {
      if (!hasCode(error, "not-found")) void vscode.window.showErrorMessage(messageOf(error));
    }
  }
}

/** `KernelConnection` as a cell's run needs it. */
function executing(kernel: KernelConnection): ExecutingKernel {
  return {
    execute: (code, callbacks, { cellId }) => {
      const future = kernel.execute(
        { code, allowStdin: true },
        {
          onIOPub: (message) => callbacks.onMessage(message),
          onStdin: (message) =>
            callbacks.onInput(contentOf(message, inputRequestContent), (value) => future.sendInputReply(value, message)),
        },
        cellId === undefined ? {} : { metadata: { cellId } },
      );
      return future;
    },
  };
}

/** The id that the notebook file gives the cell. */
function cellIdOf(cell: vscode.NotebookCell): string | undefined {
  const id: unknown = cell.metadata["id"];
  return typeof id === "string" ? id : undefined;
}

/** The session's path: readable in JupyterLab, and no other notebook's. */
function refOf(notebook: vscode.NotebookDocument): NotebookRef {
  const key = notebook.uri.toString();
  const file = notebook.uri.path.split("/").pop() ?? "notebook.ipynb";
  const stem = file.replace(/\.ipynb$/i, "");
  // Two windows may each have an "Untitled-1".
  const place = notebook.isUntitled ? vscode.env.sessionId : vscode.env.machineId;
  const mark = createHash("sha256").update(`${place} ${key}`).digest("hex").slice(0, 8);
  return { key, path: `${stem}-${mark}.ipynb`, name: file };
}
