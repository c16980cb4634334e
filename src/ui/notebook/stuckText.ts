// The words of the notification that a cell runs on though it was interrupted.
import type { Stuck } from "../../notebook/interruption";

/**
 * @param number of the cell that runs; undefined where it is not known
 * @param links what can be done; they come early, since VS Code shows the first line only until one hovers
 */
export function stuckText({ attempts, failure }: Stuck, number: number | undefined, links: readonly string[]): string {
  const still = `${number === undefined ? "The cell" : `Cell ${number}`} still runs: ${links.join(" · ")} ·`;
  if (failure !== undefined) return `${still} The interrupt did not get through. ${failure}`;
  const times = attempts === 1 ? "was interrupted" : `was interrupted ${attempts} times`;
  return `${still} It ${times}; its code may hold the interrupt off. A restart ends it, and loses the kernel's variables.`;
}

/** A link in a notification that runs a command. */
export function commandLink(label: string, command: string, argument: object): string {
  // A bracket would end the link.
  const query = encodeURIComponent(JSON.stringify([argument])).replaceAll("(", "%28").replaceAll(")", "%29");
  return `[${label}](command:${command}?${query})`;
}
