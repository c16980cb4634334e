// Display ids of one kernel connection: the outputs, in whichever cells, that an `update_display_data` replaces.
// Specification: https://jupyter-client.readthedocs.io/en/stable/messaging.html#update-display-data
import { ProductError } from "../../base/errors";
import { contentOf, displayDataContent, type Message } from "../../services/kernel/messages";
import { mimeItems } from "./mimeItems";
import { displayOutput, type Bundle, type CellOutput } from "./output";

/** Outputs that follow the updates of one id at most, the newest: each update replaces them all. */
const most = 100;

/** A cell's run that shows outputs with display ids. */
export interface DisplayOwner {
  /** Names the cell among all notebooks of the kernel; the same for every run of it. */
  readonly cell: string;
  /** Shows `output` in place of the one with its id; also called after the run has ended. */
  replace(output: CellOutput): void;
}

interface Shown {
  readonly owner: DisplayOwner;
  readonly outputId: string;
  readonly outputType: "display_data" | "execute_result";
  readonly executionCount: number | null;
}

/** Knows every output that shows a display id, until its cell is cleared, run again or gone. */
export class DisplayIds {
  readonly #shown = new Map<string, Shown[]>();
  readonly #ofCell = new Map<string, Set<string>>();

  /** How many outputs are known. */
  get size(): number {
    return [...this.#shown.values()].reduce((sum, outputs) => sum + outputs.length, 0);
  }

  /** From now on `output` of `owner` follows the updates of `displayId`. */
  add(displayId: string, owner: DisplayOwner, output: CellOutput): void {
    const { outputType, executionCount } = output.metadata;
    const shown = this.#shown.get(displayId) ?? [];
    shown.push({
      owner,
      outputId: output.id,
      outputType: outputType === "execute_result" ? outputType : "display_data",
      executionCount: executionCount ?? null,
    });
    if (shown.length > most) shown.shift();
    this.#shown.set(displayId, shown);
    const ids = this.#ofCell.get(owner.cell) ?? new Set();
    this.#ofCell.set(owner.cell, ids.add(displayId));
  }

  /**
   * Replaces every output that shows `displayId` by `bundle`; the outputs of `self` are returned instead of given to it,
   * so that it can keep them in order with its own.
   */
  update(displayId: string, bundle: Bundle, self?: DisplayOwner): CellOutput[] {
    const own: CellOutput[] = [];
    const shown = this.#shown.get(displayId);
    if (!shown) return own;
    const items = mimeItems(bundle.data);
    for (const { owner, outputId, outputType, executionCount } of shown) {
      const output = displayOutput(outputId, outputType, bundle, executionCount, items);
      if (owner === self) own.push(output);
      else owner.replace(output);
    }
    return own;
  }

  /**
   * Applies an `update_display_data` to all outputs, for messages that belong to no cell of ours.
   * @throws ProductError `invalid-message` if it is faulty or has no display id.
   */
  apply(message: Message, self?: DisplayOwner): CellOutput[] {
    const content = contentOf(message, displayDataContent);
    const id = content.transient.display_id;
    if (id === undefined || id === null) {
      throw new ProductError("invalid-message", `The kernel sent a faulty ${message.header.msg_type}: it has no display_id.`);
    }
    return this.update(id, content, self);
  }

  /** Forgets the outputs of a cell: they were cleared, or the cell is run again or gone. */
  drop(cell: string): void {
    for (const id of this.#ofCell.get(cell) ?? []) {
      const rest = this.#shown.get(id)?.filter(({ owner }) => owner.cell !== cell) ?? [];
      if (rest.length > 0) this.#shown.set(id, rest);
      else this.#shown.delete(id);
    }
    this.#ofCell.delete(cell);
  }

  /** Forgets all; for the end of the kernel connection. */
  clear(): void {
    this.#shown.clear();
    this.#ofCell.clear();
  }
}
