// Recorder of one notebook's runs: writes each to the journal before it is sent and before any of its output is shown, and resumes it in
// the next window.
import type { Disposable } from "../../base/disposable";
import { DisposableStore } from "../../base/disposable";
import { ProductError } from "../../base/errors";
import { inputEcho } from "../../notebook/text/inputEcho";
import type { JournaledRun, KernelRecord, QueuedRecord } from "../../notebook/run/journal";
import type { CellOutcome, ExecuteCallbacks, ExecuteFuture, ExecutingKernel } from "../../notebook/run/run";
import type { KernelConnection } from "../../services/kernel/connection";
import { contentOf, createMessage, executeReplyContent, inputRequestContent, type Message } from "../../services/kernel/messages";
import type { Journal } from "./journals";
import { ThreadOutput } from "./threadOutput";

/** Gives a message to its run; a duplicate is dropped. */
type Deliver = (message: Message) => void;

/** Records the runs of one notebook, and resumes those of the previous window. */
export class RunRecorder implements Disposable {
  readonly #journal: Journal;
  readonly #followed = new DisposableStore();
  /** Open runs, by the id of their request. */
  readonly #open = new Map<string, Deliver | undefined>();
  readonly #threads = new ThreadOutput();
  #kernel: KernelConnection | undefined;
  #record: KernelRecord | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Takes over the records of the previous window. */
  takeOver(server: string): void {
    this.#journal.begin(server);
  }

  /** Drops the records of the previous window. */
  startAnew(server: string): void {
    this.#journal.begin(server);
    this.#journal.clear();
  }

  /**
   * Cells were asked to run.
   * @param server the id of the server that they are to run on
   */
  queued(server: string, runs: readonly Omit<QueuedRecord, "kind">[]): void {
    const hadTurn = this.#journal.hasTurn;
    this.#journal.begin(server);
    // Another window may have written down its own meanwhile.
    if (!hadTurn && this.#record) this.#journal.write(this.#record);
    this.#journal.write(...runs.map((run) => ({ kind: "queued" as const, ...run })));
  }

  /** The runs are on this kernel now: its messages for them are recorded as they come. */
  follow(kernel: KernelConnection, place: Pick<KernelRecord, "server" | "spec" | "path">): void {
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    this.#record = { kind: "kernel", ...place, kernelId: kernel.id, clientId: kernel.clientId };
    this.#journal.write(this.#record);
    this.#followed.add(
      kernel.onAnyMessage(({ direction, message }) => {
        if (direction === "send") return;
        const id = message.parent_header.msg_id;
        if (id !== undefined && this.#open.has(id)) this.#journal.receive(id, message);
        else this.#threads.receive(message, kernel.clientId);
      }),
    );
    // Until now another window may have been connected, and written down what it received.
    this.#followed.add(kernel.onDidChangeConnectionStatus((status) => status === "connected" && this.#catchUp()));
  }

  /**
   * `kernel` as the run with this id needs it.
   * @param earlier what is known of it from before
   */
  executing(kernel: KernelConnection, id: string, earlier?: JournaledRun): ExecutingKernel {
    return {
      execute: (code, callbacks, { cellId, stopOnError }) => {
        if (earlier?.sent) return this.#resume(kernel, earlier, callbacks);
        this.#open.set(id, undefined);
        const future = kernel.execute(
          { code, stopOnError, allowStdin: true },
          {
            // Only now: what waits for a connection until the window is closed has not arrived, and is sent by the next one.
            onSend: () => this.#sending(id),
            onIOPub: (message) => this.#show(id, message, callbacks),
            onReply: (message) => callbacks.onReply(contentOf(message, executeReplyContent)),
            onStdin: (message) => this.#ask(id, message, callbacks, (value) => future.sendInputReply(value, message)),
            onDropped: () => callbacks.onDropped(),
          },
          { id, waits: true, outlivesDone: true, ...(cellId !== undefined && { metadata: { cellId } }) },
        );
        return { done: future.done, dispose: () => this.#forget(id, future) };
      },
    };
  }

  /** A run is over, and all of it is shown. */
  settled(id: string, { success, endTime }: CellOutcome): void {
    this.#open.delete(id);
    this.#journal.write({ kind: "settled", id, endTime, ...(success !== undefined && { success }) });
  }

  /** The window is being closed: receives what is on its way, and writes down that nothing was lost. */
  async leave(): Promise<void> {
    if (!this.#kernel || this.#kernel.ended) return;
    if (await this.#kernel.leave()) this.#journal.write({ kind: "left" });
  }

  /** Ends the recording: what goes on is left to whoever resumes it. */
  dispose(): void {
    this.#journal.dispose();
    this.#followed.dispose();
    this.#open.clear();
  }

  #resume(kernel: KernelConnection, earlier: JournaledRun, callbacks: ExecuteCallbacks): ExecuteFuture {
    const { id } = earlier.queued;
    const messages = earlier.messages.map(({ message }) => message);
    const seen = new Set(messages.map(({ header }) => header.msg_id));
    const question = earlier.awaitsInput ? messages.findLast(({ header }) => header.msg_type === "input_request") : undefined;
    const isNew = ({ header }: Message): boolean => {
      const before = seen.size;
      return seen.add(header.msg_id).size > before;
    };
    const future = kernel.resume(id, messages, {
      onIOPub: (message) => {
        if (isNew(message)) this.#show(id, message, callbacks);
      },
      onReply: (message) => callbacks.onReply(contentOf(message, executeReplyContent)),
      onStdin: (message) => {
        if (message !== question && !isNew(message)) return;
        this.#ask(id, message, callbacks, (value) => future.sendInputReply(value, message));
      },
      onDropped: () => callbacks.onDropped(),
    });
    this.#open.set(id, (message) => future.handle(message));
    return { done: future.done, dispose: () => this.#forget(id, future) };
  }

  /** @returns why the code must not be sent: another window has taken the runs over, and sends it itself */
  #sending(id: string): ProductError | undefined {
    if (this.#journal.isTaken) return new ProductError("evicted", "Another window runs the cells of this notebook now.");
    this.#journal.write({ kind: "sent", id });
    return undefined;
  }

  #show(id: string, message: Message, callbacks: ExecuteCallbacks): void {
    if (message.header.msg_type === "status") this.#threads.began(id, (late) => callbacks.onMessage(late));
    callbacks.onMessage(message);
  }

  #forget(id: string, future: Disposable): void {
    this.#threads.forget(id);
    future.dispose();
  }

  #ask(id: string, message: Message, callbacks: ExecuteCallbacks, send: (value: string) => void): void {
    const request = contentOf(message, inputRequestContent);
    callbacks.onInput(request, (value) => {
      this.#journal.write({ kind: "answered", id });
      this.#echo(id, message, inputEcho(request, value), callbacks);
      send(value);
    });
  }

  /** Shows question and answer as if the kernel had printed them. */
  #echo(id: string, { header, parent_header: parent }: Message, text: string, callbacks: ExecuteCallbacks): void {
    const echo = createMessage(header.session, "iopub", "stream", { name: "stdout", text }, { parent });
    this.#journal.receive(id, echo);
    callbacks.onMessage(echo);
  }

  /** Reads what another window has recorded meanwhile; runs drop duplicates. */
  #catchUp(): void {
    if (![...this.#open.values()].some((deliver) => deliver !== undefined)) return;
    for (const { queued, messages } of this.#journal.read().runs) {
      const deliver = this.#open.get(queued.id);
      if (deliver) for (const { message } of messages) deliver(message);
      // Whatever comes from now on is recorded here.
      if (deliver) this.#open.set(queued.id, undefined);
    }
  }
}
