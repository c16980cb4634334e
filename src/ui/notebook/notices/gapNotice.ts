// Gap notice in a cell: messages of the kernel may be missing for a time without a connection.
import type { CellExecution } from "../../../notebook/run/execution";
import type { Gap } from "../../../services/kernel/delivery/gap";

/** Says so in the cells that were open when the connection broke, also where they have ended meanwhile. */
export function noteGap({ from, to }: Gap, openAtBreak: readonly CellExecution[]): void {
  const seconds = Math.max(1, Math.round((to - from) / 1000));
  const time = new Date(from).toLocaleTimeString();
  for (const run of openAtBreak) {
    if (run.hasBegun) run.notice(`The connection was lost at ${time} for ${seconds} s; some output of that time may be missing.`);
  }
}
