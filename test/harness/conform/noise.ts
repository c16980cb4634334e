// What differs between two runs of the same notebook without meaning anything, and is made the same in both.

/** A pattern, and what stands for every text that matches it. */
type Rule = readonly [pattern: RegExp, stands: string];

/** Numbers with a unit of time, as %%time, %timeit and tqdm print them. */
const duration = /\b\d+(?:\.\d+)?(?:e[-+]?\d+)? ?(?:ns|[µμu]s|ms|s|min|h)\b/g;

const rules: readonly Rule[] = [
  [/\b0x[0-9a-f]{6,16}\b/gi, "0xADDRESS"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "UUID"],
  // Ids of widgets and of other objects of the kernel.
  [/\b[0-9a-f]{32}\b/g, "ID"],
  // pandas' ids of styled tables.
  [/\bT_[0-9a-f]{5}(?=_|\b)/g, "T_ID"],
  // Where ipykernel pretends that the code of a cell is.
  [/\/ipykernel_\d+\/\d+\.py/g, "/ipykernel_PID/CELL.py"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, "DATE"],
  // The pace of tqdm: [00:00<00:00, 1234.56it/s].
  [/\[\d\d:\d\d<(?:\d\d:\d\d|\?), +[\d.?]+(?:[a-zA-Z]+\/s|s\/[a-zA-Z]+)\]/g, "[PACE]"],
  [/\d+(?:\.\d+)?(?= loops? each)|(?<=of \d+ runs, )[\d,]+/g, "LOOPS"],
  [duration, "TIME"],
];

/** Takes the noise out of a text of an output. */
export type Quiet = (text: string) => string;

/**
 * @param home the directory of the run, which shows in paths
 * @param more the notebook's own patterns (regular expressions)
 */
export function quiet(home: string | undefined, more: readonly string[]): Quiet {
  const all = [...more.map((pattern): Rule => [new RegExp(pattern, "gu"), "NOISE"]), ...rules];
  return (text) => {
    const placed = home === undefined ? text : text.replaceAll(home, "~");
    return all.reduce((rest, [pattern, stands]) => rest.replaceAll(pattern, stands), placed);
  };
}
