// The measurement groups, in the order in which they run. A new one is a file in groups/ and a line here.
import type { Group } from "./group";
import { decode } from "./groups/decode";
import { display } from "./groups/display";
import { complete, pass } from "./groups/latency";
import { load } from "./groups/load";
import { prints } from "./groups/prints";
import { rest } from "./groups/rest";
import { size } from "./groups/sizes";
import { lab } from "./groups/lab";
import { stream } from "./groups/stream";
import { tree } from "./groups/tree";
import { window } from "./groups/window";

/** All groups. */
export const groups: readonly Group[] = [pass, complete, prints, stream, decode, display, load, rest, tree, window, size, lab];

/**
 * The groups that `only` names, by their own name or by that of one of their measurements; without it all.
 * @throws Error for a name that no group has.
 */
export function chosen(only: string | undefined): readonly Group[] {
  if (only === undefined) return groups;
  const names = new Set(only.split(",").map((name) => name.trim().split(".")[0]));
  for (const name of names) {
    if (!groups.some((group) => group.name === name)) {
      throw new Error(`There is no measurement "${name ?? ""}": choose of ${groups.map((group) => group.name).join(", ")}.`);
    }
  }
  return groups.filter(({ name }) => names.has(name));
}
