// Sessions of files that were renamed or moved on their server: each session gets the new path and keeps its kernel.
import { changeSession } from "../../services/session/client";
import type { ServiceManager } from "../../services/serviceManager";

/**
 * Gives the sessions of a renamed file, or of all files in a renamed directory, their new paths and names.
 * @returns how many there were
 * @throws ProductError where the server could not be asked; the rename itself is done by then
 */
export async function moveSessions(
  { sessions, settings }: Pick<ServiceManager, "sessions" | "settings">,
  from: string,
  to: string,
): Promise<number> {
  const running = await sessions.refresh();
  const moved = running.filter(({ path }) => path === from || path.startsWith(`${from}/`));
  for (const { id, path, name } of moved) {
    const now = to + path.slice(from.length);
    // Some clients give a session another name than its file's.
    const isNamed = name === "" || name === baseName(path) || name === path;
    await changeSession(settings, id, { path: now, ...(isNamed && { name: baseName(now) }) });
  }
  if (moved.length > 0) await sessions.refresh();
  return moved.length;
}

function baseName(path: string): string {
  return path.split("/").pop() ?? path;
}
