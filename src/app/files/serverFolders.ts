// Local folders that exist on the server too, such as a course that was cloned in both places.
import * as v from "valibot";
import { trimmed, trimmedEnd } from "../../base/text";

/** A folder of this computer, and the same one on the server. */
export interface FolderPair {
  /** Absolute, with slashes, and none at its end. */
  readonly local: string;
  /** From the server's root, with slashes; "" is the root itself. */
  readonly server: string;
}

const setting = v.record(v.string(), v.string());

/**
 * Reads the setting `jupyterhubConnect.serverFolders`.
 * @param pathOf gives the path of a local folder as documents have it; undefined where that is no absolute one
 */
export function readServerFolders(value: unknown, pathOf: (folder: string) => string | undefined): readonly FolderPair[] {
  const { success, output } = v.safeParse(setting, value ?? {});
  if (!success) return [];
  return Object.entries(output).flatMap(([folder, server]) => {
    const local = pathOf(folder);
    return local === undefined ? [] : [{ local: trimmedEnd(local.trim(), "/"), server: trimmed(server.trim(), "/") }];
  });
}

/** Where a local file is on the server, by the innermost folder that is there too; undefined where none is. */
export function serverPathOf(path: string, folders: readonly FolderPair[]): string | undefined {
  const around = folders.filter(({ local }) => path.startsWith(`${local}/`));
  const innermost = around.reduce<FolderPair | undefined>(
    (best, one) => (best && best.local.length >= one.local.length ? best : one),
    undefined,
  );
  return innermost && `${innermost.server}/${path.slice(innermost.local.length + 1)}`.replace(/^\//, "");
}
