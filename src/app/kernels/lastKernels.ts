// The last kernel of each notebook: VS Code forgets it when the notebook is closed.
import * as v from "valibot";
import { systemClock, type Clock } from "../../base/clock";
import { forgetOldest } from "../forgetOldest";
import type { Memory } from "../ports";

const prefix = "kernelOf:";
const anyKey = "lastKernel";
/** Notebooks that are remembered, the most recently used ones. */
const capacity = 300;

const remembered = v.object({ kernel: v.string(), at: v.number() });
type Remembered = v.InferOutput<typeof remembered>;

/** Kernels by the ids of their controllers, of notebooks by what identifies these over windows. */
export class LastKernels {
  readonly #memory: Memory;
  readonly #clock: Clock;

  constructor(memory: Memory, clock: Clock = systemClock) {
    this.#memory = memory;
    this.#clock = clock;
  }

  /** The one that was chosen last, for whatever notebook. */
  get last(): string | undefined {
    return this.#read(anyKey)?.kernel;
  }

  /** The one this notebook had. */
  of(notebook: string): string | undefined {
    return this.#read(prefix + notebook)?.kernel;
  }

  /** The notebook has this one now. @param notebook undefined: it is one that only this window knows */
  async note(notebook: string | undefined, kernel: string): Promise<void> {
    const record = { kernel, at: this.#clock.now() };
    await this.#memory.set(anyKey, record);
    if (notebook === undefined) return;
    await this.#memory.set(prefix + notebook, record);
    await forgetOldest(this.#memory, prefix, capacity, (value) => readRecord(value)?.at ?? 0);
  }

  #read(key: string): Remembered | undefined {
    return readRecord(this.#memory.get(key));
  }
}

function readRecord(value: unknown): Remembered | undefined {
  const record = v.safeParse(remembered, value);
  return record.success ? record.output : undefined;
}
