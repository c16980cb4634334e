// The `pattern` attribute of a field on a hub's page, which anybody may have written: matched with a timeout.
import vm from "node:vm";

/** Milliseconds that matching may take: the user is typing. */
const patience = 50;
/** Characters; a longer pattern is not looked at. */
const longest = 1_000;

/**
 * Whether `text` as a whole matches `pattern`, as browsers take that attribute. A pattern that is no regular
 * expression, or takes too long, refuses nothing: the hub itself checks again.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern.length > longest || text.length > longest) return true;
  try {
    const matches: unknown = vm.runInNewContext('new RegExp(`^(?:${pattern})$`, "v").test(text)', { pattern, text }, { timeout: patience });
    return matches === true;
  } catch {
    return true;
  }
}
