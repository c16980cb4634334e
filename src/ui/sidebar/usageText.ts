// Resource usage of a server, in words.
import { sizeText } from "../../base/text";
import type { ResourceUsage } from "../../services/rest/resourceUsage";

/** `412 MB of 2 GB`. */
export function memoryText({ memory, memoryLimit }: ResourceUsage): string {
  return memoryLimit === undefined ? sizeText(memory) : `${sizeText(memory)} of ${sizeText(memoryLimit)}`;
}

/** `0.4 of 2 cores`; undefined where it is not reported. */
export function coresText({ cores, coreLimit }: ResourceUsage): string | undefined {
  if (cores === undefined) return undefined;
  const used = Number(cores.toFixed(1));
  return coreLimit === undefined
    ? `${used} ${used === 1 ? "core" : "cores"}`
    : `${used} of ${coreLimit} ${coreLimit === 1 ? "core" : "cores"}`;
}
