// Jobs side by side: a few lanes, each of which takes the next job that can begin until none is left.

/** Something that a lane does. */
export interface Job<T> {
  /** Seconds that it takes on a machine with nothing else to do; a guess will do. The longest begin first. */
  readonly seconds: number;
  /** It begins when this has resolved, or rejected. */
  readonly after?: Promise<unknown> | undefined;
  run(): Promise<T>;
}

interface Waiting<T> {
  readonly job: Job<T>;
  /** Its place among the jobs. */
  readonly at: number;
  readonly ready: Promise<void>;
  isReady: boolean;
}

function waits<T>(job: Job<T>, at: number): Waiting<T> {
  const ready = Promise.allSettled([job.after ?? Promise.resolve()]).then(() => void (waiting.isReady = true));
  const waiting: Waiting<T> = { ...{ job, at, ready }, isReady: false };
  return waiting;
}

/**
 * Runs `jobs`, at most `lanes` at a time, and resolves with their results in the order of `jobs`.
 * @throws what the first job rejects with, once those that have begun have ended; no other is begun then
 */
export async function runInLanes<T>(jobs: readonly Job<T>[], lanes: number): Promise<T[]> {
  const results: T[] = [];
  const waiting = jobs.map((job, at) => waits(job, at)).sort((a, b) => b.job.seconds - a.job.seconds);
  const take = async (): Promise<Waiting<T> | undefined> => {
    while (waiting.length > 0) {
      const at = waiting.findIndex(({ isReady }) => isReady);
      if (at >= 0) return waiting.splice(at, 1)[0];
      await Promise.race(waiting.map(({ ready }) => ready));
    }
    return undefined;
  };
  const lane = async (): Promise<void> => {
    for (let next; (next = await take());) {
      try {
        results[next.at] = await next.job.run();
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}

/**
 * Shares `files` out into `count` parts that take about the same time.
 * @param seconds what each file takes
 */
export function inParts(files: readonly string[], count: number, seconds: (file: string) => number): string[][] {
  const parts = Array.from({ length: count }, () => ({ files: [] as string[], seconds: 0 }));
  for (const file of [...files].sort((a, b) => seconds(b) - seconds(a) || a.localeCompare(b))) {
    const least = parts.reduce((best, part) => (part.seconds < best.seconds ? part : best));
    least.files.push(file);
    least.seconds += seconds(file);
  }
  return parts.map((part) => part.files.sort()).filter((part) => part.length > 0);
}
