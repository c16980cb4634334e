// Identity of a cell: matches a recorded run to its cell after the notebook was read again, by another window or since its file was
// changed.

/** The identity of a cell. */
export interface CellTraits {
  /** The id that the notebook file gives it; files before format 4.5 give none, and some give one to several cells. */
  readonly id: string | undefined;
  readonly source: string;
  /** Whether it can be run. */
  readonly isCode: boolean;
}

/** The cell of a run, as it was when it was asked for. */
export interface RunCell {
  readonly id?: string | undefined;
  readonly index: number;
  readonly source: string;
}

/**
 * The index of the run's cell; undefined where it is gone, or no longer distinguishable from others. An id that only one cell has
 * is enough: its text may have been changed since. Else the text has to be the same, and the place where several have it.
 */
export function findCell(cells: readonly CellTraits[], { id, index, source }: RunCell): number | undefined {
  const isIt = (one: CellTraits): boolean => one.isCode && one.source === source;
  if (id === undefined) {
    const there = cells[index];
    return there && isIt(there) ? index : undefined;
  }
  const withId = [...cells.entries()].filter(([, one]) => one.isCode && one.id === id);
  const found = withId.length > 1 ? withId.filter(([, one]) => isIt(one)) : withId;
  const [first, second] = found;
  return second ? found.find(([at]) => at === index)?.[0] : first?.[0];
}
