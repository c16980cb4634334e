// The owner of a journal's lease: the window, the server that its runs are on, and the process that serves the window.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

export interface JournalOwner {
  /** The window's id. */
  readonly owner: string;
  /** The server's id; undefined where that is not on record. */
  readonly server: string | undefined;
  /** The id of the window's process and the name of its computer; undefined for what an earlier version has written. */
  readonly process: { readonly id: number; readonly host: string } | undefined;
}

/** The content of the owner's file for this process. */
export function ownerText(owner: string, server: string): string {
  return [owner, server, String(process.pid), hostname()].join("\n");
}

/** Undefined where nobody has begun yet. */
export function ownerOf(directory: string): JournalOwner | undefined {
  try {
    const [owner = "", server, id, host] = readFileSync(join(directory, "owner"), "utf8").split("\n");
    return { owner, server, process: id === undefined || host === undefined ? undefined : { id: Number(id), host } };
  } catch {
    return undefined;
  }
}

/** Whether the process of that window is known to have ended; it may be another computer's. */
export function hasEnded({ process: of }: JournalOwner): boolean {
  if (of?.host !== hostname()) return false;
  try {
    process.kill(of.id, 0);
    return false;
  } catch (error) {
    // Another user's process, or none.
    return !(error instanceof Error && "code" in error && error.code === "EPERM");
  }
}
