// Expansion of `~`, the user's home directory, in paths of settings.
import { homedir } from "node:os";
import { join } from "node:path";

/** The path with its `~` replaced; others as they are. */
export function atHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
