// The part of a server's options that the hub's spawn page offers: only that may be kept in clear, or shown. Of the rest only names are:
// anything else may be a token, whatever it is called. The hub remembers all values, and uses those of the last start where it is given none.
import * as v from "valibot";
import type { SpawnForm } from "../../hub/pages/spawnForm";
import type { ShownOption, UserOptions } from "./server";

/** Values by the option's name. */
export type Offers = ReadonlyMap<string, readonly string[]>;

/** The kept part of the options of a start. */
export interface KeptOptions {
  readonly offered: UserOptions;
  /** Names of the others, whose values only the hub remembers. */
  readonly others: readonly string[];
}

export const noOffers: Offers = new Map();

/** Values that are kept of one page; one with more of them is no page for people. */
const mostValues = 500;
const longestValue = 200;

/** The values that a user can choose on the page, without typing anything. */
export function offersOf({ profiles }: SpawnForm): Offers {
  const offers = new Map<string, string[]>();
  let count = 0;
  const add = (name: string, value: string): void => {
    if (count++ < mostValues && name.length <= longestValue && value.length <= longestValue)
      offers.set(name, [...(offers.get(name) ?? []), value]);
  };
  for (const { slug, options } of profiles) {
    if (slug !== "") add("profile", slug);
    for (const { name, choices } of options) for (const { value } of choices) add(name, value);
  }
  return offers;
}

/** The options by name, with their values where those are offered. */
export function shownOptions(options: UserOptions, offers: Offers): readonly ShownOption[] {
  return Object.entries(options).map(([name, value]) =>
    typeof value === "string" && offers.get(name)?.includes(value) ? { name, value } : { name },
  );
}

/** The part of the options that may be kept. */
export function keptOptions(options: UserOptions, offers: Offers): KeptOptions {
  const shown = shownOptions(options, offers);
  return {
    offered: Object.fromEntries(shown.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    others: shown.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
  };
}

/** `profile: gpu, env`: as it may be shown. */
export function optionsText(options: readonly ShownOption[]): string {
  return options.map(({ name, value }) => (value === undefined ? name : `${name}: ${value}`)).join(", ");
}

const stored = v.array(v.tuple([v.string(), v.array(v.string())]));

/** For `Memory`. */
export function offersRecord(offers: Offers): unknown {
  return [...offers];
}

/** The options of such a record; none where it cannot be read. */
export function offersIn(record: unknown): Offers {
  const result = v.safeParse(stored, record);
  return result.success ? new Map(result.output) : noOffers;
}
