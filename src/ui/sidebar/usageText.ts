// What a server uses, in words.
import type { ResourceUsage } from "../../services/rest/resourceUsage";

/** `412 MB of 2 GB`. */
export function memoryText({ memory, memoryLimit }: ResourceUsage): string {
  return memoryLimit === undefined ? bytes(memory) : `${bytes(memory)} of ${bytes(memoryLimit)}`;
}

/** `0.4 of 2 cores`; undefined where it is not told. */
export function coresText({ cores, coreLimit }: ResourceUsage): string | undefined {
  if (cores === undefined) return undefined;
  const used = Number(cores.toFixed(1));
  return coreLimit === undefined ? `${used} ${used === 1 ? "core" : "cores"}` : `${used} of ${coreLimit} ${coreLimit === 1 ? "core" : "cores"}`;
}

/** In the units of 1024 that hubs' limits are given in, with at most three digits. */
function bytes(number: number): string {
  const units = ["KB", "MB", "GB", "TB"];
  let value = number / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toPrecision(value < 1 ? 1 : value < 10 ? 2 : 3))} ${units[unit] ?? ""}`;
}
