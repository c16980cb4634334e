// Texts of the notification that a cell goes on though it was interrupted.
import type { Stuck } from "../../../notebook/run/interruption";
import type { CommandLink, Linked } from "../../say/linked";

/**
 * @param number of the cell that runs; undefined where it is not known
 * @param links what can be done
 */
export function stuckText({ attempts, failure }: Stuck, number: number | undefined, links: readonly CommandLink[]): Linked {
  const lead = `${number === undefined ? "The cell" : `Cell ${number}`} still runs:`;
  if (failure !== undefined) return { lead, links, text: `The interrupt did not get through. ${failure}` };
  const times = attempts === 1 ? "was interrupted" : `was interrupted ${attempts} times`;
  return { lead, links, text: `It ${times}; its code may hold the interrupt off. A restart ends it, and loses the kernel's variables.` };
}
