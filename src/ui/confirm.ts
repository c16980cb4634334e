// The question before something is lost or sent elsewhere: one dialog, which the user answers first.
import { showModalWarning } from "./say/messages";

/** What is asked. */
export interface Confirmation {
  readonly title: string;
  /** What follows from it, of one or several lines. */
  readonly detail: string;
  /** The button that agrees. */
  readonly button: string;
}

/** Asks, and waits for the answer. @returns whether the user agrees */
export async function confirm({ title, detail, button }: Confirmation): Promise<boolean> {
  return (await showModalWarning(title, detail, button)) !== undefined;
}
