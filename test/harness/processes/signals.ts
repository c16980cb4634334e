// Signals on their way to the programs a command runs.
import type { ChildProcess } from "node:child_process";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * While `child` runs, signals to us go to it instead of ending us; the result says whether one came.
 * The child is given the time it needs to clean up.
 */
export function passSignalsOn(child: ChildProcess): { readonly interrupted: boolean } {
  const state = { interrupted: false };
  const passOn = (signal: NodeJS.Signals): void => {
    state.interrupted = true;
    child.kill(signal);
  };
  const end = (): void => {
    for (const signal of signals) process.off(signal, passOn);
  };
  for (const signal of signals) process.on(signal, passOn);
  child.once("close", end);
  child.once("error", end);
  return state;
}
