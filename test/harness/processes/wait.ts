// Waiting for something outside to become true, always with a bound.
import { delay } from "../../../src/base/async";
import { messageOf } from "../../../src/base/errors";

/**
 * Asks `probe` again and again, soon at first and then every `interval` milliseconds, until it gives something other
 * than undefined or false, and resolves with that.
 * What it throws counts as "not yet".
 * @throws Error after `timeout` milliseconds, naming `what` and what the probe last threw.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeout: number,
  interval = 50,
): Promise<T> {
  const end = Date.now() + timeout;
  let reason = "";
  let pause = Math.min(2, interval);
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      reason = "";
    } catch (error) {
      reason = ` (${messageOf(error)})`;
    }
    if (Date.now() > end) throw new Error(`Waited ${timeout / 1000} s in vain for ${what}${reason}.`);
    await delay(pause);
    pause = Math.min(2 * pause, interval);
  }
}
