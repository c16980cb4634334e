// What something costs: processor time and memory, measured so that a busy machine does not matter.
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Milliseconds of processor time of `run`, or of the clock where that is less: the best of some attempts.
 * @param enough no other attempt is made once it is less
 */
export function timeOf(run: () => unknown, enough = 100): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && best >= enough; attempt++) {
    const [clock, processor] = [performance.now(), process.cpuUsage()];
    run();
    const { user, system } = process.cpuUsage(processor);
    best = Math.min(best, performance.now() - clock, (user + system) / 1000);
    // What takes seconds does so again.
    if (best > 20 * enough) break;
  }
  return best;
}

/** MB by which this process has become larger than it ever was while `run` went on. */
export async function growthOf(run: () => Promise<unknown>): Promise<number> {
  const before = peakNow();
  await run();
  return peakNow() - before;
}

/** MB of memory that this process had at its largest. */
export function peakNow(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** MB that this process holds on to: without what nothing refers to any more, which V8 collects when it sees fit. */
export async function heldNow(): Promise<number> {
  // Until then V8 keeps what the present task has looked at through weak references, as abort signals are.
  await setImmediate();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 ** 2;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
