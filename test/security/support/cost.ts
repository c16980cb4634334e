// What something costs: processor time and memory, measured so that a busy machine does not matter.

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
  const before = process.resourceUsage().maxRSS;
  await run();
  return (process.resourceUsage().maxRSS - before) / 1024;
}
