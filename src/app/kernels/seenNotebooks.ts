// Which notebooks were open before, in whatever window.
import { createHash } from "node:crypto";
import { systemClock, type Clock } from "../../base/clock";
import { forgetOldest } from "../forgetOldest";
import type { Memory } from "../ports";

const prefix = "seenNotebook:";
/** So many are remembered, those that came last. */
const capacity = 1_000;

/** Notebooks by what identifies them over windows; a mark of that is kept, not the path. */
export class SeenNotebooks {
  readonly #memory: Memory;
  readonly #clock: Clock;

  constructor(memory: Memory, clock: Clock = systemClock) {
    this.#memory = memory;
    this.#clock = clock;
  }

  has(notebook: string): boolean {
    return this.#memory.get(keyOf(notebook)) !== undefined;
  }

  async note(notebook: string): Promise<void> {
    if (this.has(notebook)) return;
    await this.#memory.set(keyOf(notebook), this.#clock.now());
    await forgetOldest(this.#memory, prefix, capacity, Number);
  }
}

function keyOf(notebook: string): string {
  return prefix + createHash("sha256").update(notebook).digest("hex").slice(0, 16);
}
