// Sequence numbers that have not come, as ranges: there may be many numbers, but few ranges.

interface Range {
  /** The first, and the one behind the last. */
  from: number;
  to: number;
}

/** Ranges that are kept; the oldest go. */
const most = 1_000;

/** Ascending. */
export class MissingNumbers {
  #ranges: Range[] = [];

  /** From `from` up to, and without, `to`; they are larger than all there are. */
  add(from: number, to: number): void {
    if (from >= to) return;
    this.#ranges.push({ from, to });
    if (this.#ranges.length > most) this.#ranges.shift();
  }

  delete(number: number): void {
    const at = this.#ranges.findLastIndex(({ from }) => from <= number);
    const range = this.#ranges[at];
    if (range && number < range.to) this.#ranges.splice(at, 1, ...without(range, number));
  }

  /** Takes those out that are smaller than `number`. @returns how many they were */
  takeBelow(number: number): number {
    const taken = this.#ranges.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, number) - from), 0);
    this.#ranges = this.#ranges.flatMap(({ from, to }) => (to <= number ? [] : [{ from: Math.max(from, number), to }]));
    return taken;
  }

  /** Takes the `count` largest out of those that are larger than `above` and smaller than `below`. */
  takeLargest(count: number, above: number, below: number): void {
    for (let left = count; left > 0; left--) {
      const range = this.#ranges.findLast(({ from }) => from < below);
      const largest = range ? Math.min(range.to, below) - 1 : above;
      if (largest <= above) return;
      this.delete(largest);
    }
  }

  clear(): void {
    this.#ranges = [];
  }
}

function without({ from, to }: Range, number: number): Range[] {
  return [
    { from, to: number },
    { from: number + 1, to },
  ].filter((range) => range.from < range.to);
}
