// The `pattern` attribute of a field on a hub's page, which anybody may have written: matched with a timeout.
import vm from "node:vm";

/** Milliseconds that matching may take: the user is typing. */
const patience = 50;
/** Attempts on a machine that is busy with something else, so that most of these milliseconds were not ours. */
const attempts = 3;
/** Characters; a longer pattern is not looked at. */
const longest = 1_000;

/**
 * Whether `text` as a whole matches `pattern`, as browsers take that attribute. A pattern that is no regular
 * expression, or takes too long, refuses nothing: the hub itself checks again.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern.length > longest || text.length > longest) return true;
  for (let attempt = 1; ; attempt++) {
    const used = process.cpuUsage();
    try {
      const matches: unknown = vm.runInNewContext(
        'new RegExp(`^(?:${pattern})$`, "v").test(text)',
        { pattern, text },
        { timeout: patience },
      );
      return matches === true;
    } catch (error) {
      const { user, system } = process.cpuUsage(used);
      const wasElsewhere =
        (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT" && (user + system) / 1000 < patience / 2;
      if (!wasElsewhere || attempt === attempts) return true;
    }
  }
}
