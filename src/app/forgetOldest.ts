// Memory that holds one entry for each of many things, of which only the newest are worth their place.
import type { Memory } from "./ports";

/**
 * Removes the oldest entries until `capacity` are left.
 * @param prefix of the keys of these entries
 * @param at when an entry was written, in milliseconds since the epoch
 */
export async function forgetOldest(memory: Memory, prefix: string, capacity: number, at: (value: unknown) => number): Promise<void> {
  const keys = memory.keys().filter((key) => key.startsWith(prefix));
  if (keys.length <= capacity) return;
  const byAge = keys.map((key) => ({ key, at: at(memory.get(key)) })).sort((one, other) => one.at - other.at);
  for (const { key } of byAge.slice(0, keys.length - capacity)) await memory.set(key, undefined);
}
