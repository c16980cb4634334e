// What something costs: processor time and memory, measured so that a busy machine does not matter.
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Milliseconds of processor time of `run`, or of the clock where that is less: the best of some attempts, as on a machine of the usual
 * speed.
 * @param enough no other attempt is made once it is less
 */
export function timeOf(run: () => unknown, enough = 100): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && best >= enough; attempt++) {
    best = Math.min(best, once(run));
    // What takes seconds does so again.
    if (best > 20 * enough) break;
  }
  return best < enough ? best : best / slowness();
}

/** Milliseconds that `yardstick` takes on a machine of the usual speed. */
const usual = 25;
/** What is slower than that is not measured there. */
const slowest = 4;

/** How many times as long as usual this machine takes at the moment: another process may have half of its core. At least 1. */
function slowness(): number {
  const took = Math.min(...Array.from({ length: 5 }, () => once(yardstick)));
  return Math.min(slowest, Math.max(1, took / usual));
}

/** Work of the kind that is measured here: characters, strings and arrays. */
function yardstick(): number {
  const parts: string[] = [];
  for (let count = 0; count < 200_000; count++) parts.push(String.fromCharCode(97 + (count % 26)) + count.toString(36));
  return parts.join("").split("z").length;
}

function once(run: () => unknown): number {
  const [clock, processor] = [performance.now(), process.cpuUsage()];
  run();
  const { user, system } = process.cpuUsage(processor);
  return Math.min(performance.now() - clock, (user + system) / 1000);
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
