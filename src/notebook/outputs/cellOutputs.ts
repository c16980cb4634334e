// The outputs of one cell's run: takes messages and texts of our own, and writes to the place where the cell is shown.
import type { Message } from "../../services/kernel/messages";
import { Captures } from "./captures";
import type { DisplayIds, DisplayOwner } from "./displayIds";
import type { CellOutput } from "./output";
import { OutputBatcher, type OutputBatcherOptions, type OutputSink } from "./outputBatcher";
import { OutputModel, type OutputChange } from "./outputModel";

/** Changes by a message, and whether they concern the cell's own outputs. */
export interface MessageChanges {
  readonly changes: readonly OutputChange[];
  /** An Output widget has it. */
  readonly captured: boolean;
}

/** Keeps what a run shows in step with what the cell has, also where somebody removes outputs meanwhile. */
export class CellOutputs {
  /** Makes words of our own into changes. */
  readonly model: OutputModel;
  readonly #owner: DisplayOwner;
  readonly #displayIds: DisplayIds;
  readonly #captures: Captures;
  readonly #batcher: OutputBatcher;
  /** Outputs that somebody has removed, until they are shown again. */
  readonly #removed = new Set<string>();

  /** @param owner the cell's run, to which `displayIds` reports updates by other cells' messages */
  constructor(owner: DisplayOwner, displayIds: DisplayIds, sink: OutputSink, options: OutputBatcherOptions) {
    this.#owner = owner;
    this.#displayIds = displayIds;
    this.model = new OutputModel(owner, displayIds);
    this.#captures = new Captures(owner, displayIds);
    this.#batcher = new OutputBatcher(sink, options);
  }

  /**
   * The changes by a message of the run; nothing is shown yet.
   * @throws ProductError `invalid-message` if its content is faulty
   */
  changesOf(message: Message): MessageChanges {
    const captured = this.#captures.apply(message);
    const changes = captured ?? this.model.apply(message);
    // VS Code draws a stream that grows above another in place of both.
    if (changes.some(({ kind }) => kind === "append")) {
      if (captured) this.model.endStream();
      else this.#captures.endStreams();
    }
    return { changes, captured: captured !== undefined };
  }

  /** Shows changes, in order. */
  show(changes: readonly OutputChange[]): void {
    for (const change of changes) {
      if (change.kind === "clear") this.#forgetShown();
      else if (change.kind === "replace" && this.#removed.size > 0) this.#removed.delete(change.id);
    }
    this.#batcher.add(changes);
  }

  /** Removes what the cell showed before the run. */
  clear(): void {
    this.#displayIds.drop(this.#owner.cell);
    this.show([{ kind: "clear" }]);
  }

  /**
   * Another cell's message has changed an output.
   * @param isOver the run is: what was removed from its cell stays away then
   */
  replace(output: CellOutput, isOver: boolean): void {
    if (isOver && this.#removed.has(output.id)) return;
    this.show([{ kind: "replace", id: output.id, output }]);
  }

  /**
   * Somebody has removed outputs from the cell. What comes from now on, and what was not shown yet, is shown in fresh ones.
   * @param isOver the run is: states of its outputs that had to wait are left out then, since others may have set them
   */
  vanished(ids: readonly string[], isOver: boolean): void {
    const fresh = ids.flatMap((id) => {
      this.#removed.add(id);
      const { raw, output } = this.#batcher.vanished(id);
      const unshown = isOver ? { raw } : { raw, output };
      const captured = this.#captures.goOn(id, unshown);
      return (captured ? captured.output : this.model.goOn(id, unshown)) ?? [];
    });
    for (const { id } of fresh) this.#removed.delete(id);
    this.#batcher.addFirst(fresh);
  }

  /** Writes what waits without delay; resolves when all that was given so far has gone to the sink, which may still be at it. */
  flush(): Promise<void> {
    return this.#batcher.flush();
  }

  /** As `flush`; resolves when it is written, too. */
  written(): Promise<void> {
    return this.#batcher.written();
  }

  /** Nothing more of the run is taken. */
  forget(): void {
    this.#captures.forget();
  }

  #forgetShown(): void {
    this.#captures.forget();
    this.#removed.clear();
  }
}
