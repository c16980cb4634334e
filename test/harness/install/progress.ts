// Tells the person on stderr what is going on and how long it took.

/** Writes one line to stderr; stdout belongs to what a command promises to print. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Seconds since `started` (a Date.now()), for people. */
export function elapsed(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}

/**
 * Runs `task`, saying on stderr that it began and how it ended; while it takes long, says so every 15 seconds.
 * Settles as `task` does.
 */
export async function step<T>(label: string, task: () => Promise<T>): Promise<T> {
  const started = Date.now();
  say(`${label}…`);
  const reminder = setInterval(() => say(`${label}… ${elapsed(started)}`), 15_000);
  reminder.unref();
  try {
    const result = await task();
    say(`${label}: done in ${elapsed(started)}`);
    return result;
  } catch (error) {
    say(`${label}: failed after ${elapsed(started)}`);
    throw error;
  } finally {
    clearInterval(reminder);
  }
}
