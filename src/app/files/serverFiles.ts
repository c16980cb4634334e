// Files of servers for an editor: nothing is overwritten or lost without the user's knowledge (optimistic concurrency).
import { createHash } from "node:crypto";
import { deleteContents, getContents, getFile, listDirectory, renameContents, saveContents } from "../../services/contents/client";
import { ContentsError } from "../../services/contents/errors";
import { fileBytes, type ContentsModel } from "../../services/contents/model";
import { RequestSizes } from "../../services/contents/requestSizes";
import type { ServerSettings } from "../../transport/settings";
import { FileReplacement } from "./fileReplacement";
import { FileRefusal } from "./fileRefusal";
import { isNotebook, isTrusted, trust } from "./notebookTrust";

/** Metadata of a file or directory. */
export interface FileStat {
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, by the server's clock. */
  readonly mtime: number;
  readonly ctime: number;
  readonly isWritable: boolean;
}

/** A file as it was read or written here the last time. */
interface Seen {
  readonly mtime: number;
  readonly size: number;
  readonly hash: string;
  /** Whether the server trusts this notebook; undefined where it was not asked. */
  readonly trusted?: boolean | undefined;
  /** Time of a later change by somebody else, which was reported to the user. */
  readonly told?: number;
}

/** Files whose last seen state is remembered. */
const capacity = 1_000;

/**
 * Files below a server's root; `settings` are the server's. Paths are separated by `/`, the root is "".
 * All throw ProductError as the contents client does, and `FileRefusal` where they say so.
 */
export class ServerFiles {
  readonly #seen = new Map<string, Seen>();
  /** Sizes in bytes, as of the last request without content. */
  readonly #sizes = new Map<string, number>();
  readonly #replacement = new FileReplacement(new RequestSizes());

  async stat(settings: ServerSettings, path: string): Promise<FileStat> {
    const stat = statOf(await getContents(settings, path, { content: false }));
    keep(this.#sizes, keyOf(settings, path), stat.size);
    return stat;
  }

  /** The names in a directory, and which are directories themselves. */
  async list(settings: ServerSettings, path: string): Promise<readonly (readonly [name: string, isDirectory: boolean])[]> {
    const entries = await listDirectory(settings, path);
    return entries.map(({ name, type }) => [name, type === "directory"]);
  }

  /** The file's own bytes, whatever is in it: asked for as a notebook, it would be what the server makes of it. */
  async read(settings: ServerSettings, path: string): Promise<Uint8Array> {
    const model = await getFile(settings, path, { format: "base64", size: this.#sizes.get(keyOf(settings, path)) });
    const bytes = fileBytes(model);
    this.#note(settings, path, model, bytes);
    return bytes;
  }

  /**
   * Replaces the file, or creates it. A notebook that the server trusted stays trusted.
   * @throws FileRefusal `missing`, `exists`, `is-directory`, `read-only`; `changed` where somebody has changed the file
   * since it was read or written here, to one of the same size, which an editor does not notice: once for each change
   */
  async write(
    settings: ServerSettings,
    path: string,
    bytes: Uint8Array,
    { create, overwrite }: { readonly create: boolean; readonly overwrite: boolean },
  ): Promise<void> {
    const present = await this.#present(settings, path);
    if (!present && !create) throw new FileRefusal("missing", `“${path}” is not there on ${settings.label}.`);
    if (present && create && !overwrite) throw exists(settings, path);
    if (present?.isDirectory) throw new FileRefusal("is-directory", `“${path}” is a directory on ${settings.label}.`);
    if (present && !present.isWritable) {
      throw new FileRefusal(
        "read-only",
        `“${path}” is read-only on ${settings.label}. Save it under another name, or make it writable there.`,
      );
    }
    if (present) await this.#refuseUnseen(settings, path, present);
    const trusted = present && isNotebook(path) ? await this.#isTrusted(settings, path, present) : undefined;
    const model = await this.#replacement.replace(settings, path, bytes, present !== undefined);
    this.#note(settings, path, model, bytes, trusted);
    if (trusted) await trust(settings, path);
  }

  /** @throws FileRefusal `exists` */
  async createDirectory(settings: ServerSettings, path: string): Promise<void> {
    if (await this.#present(settings, path)) throw exists(settings, path);
    await saveContents(settings, path, { type: "directory" });
  }

  /**
   * Deletes a file or directory; servers move it to their trash where they have one.
   * @throws FileRefusal `not-empty` for a directory that is not empty, unless `recursive`
   */
  async delete(settings: ServerSettings, path: string, { recursive }: { readonly recursive: boolean }): Promise<void> {
    const { isDirectory } = await this.stat(settings, path);
    if (isDirectory && !recursive && (await this.list(settings, path)).length > 0) {
      throw new FileRefusal("not-empty", `“${path}” is not empty on ${settings.label}. Delete what is in it first.`);
    }
    try {
      await deleteContents(settings, path);
    } catch (error) {
      // Servers without trash delete only what is empty.
      if (!recursive || !(error instanceof ContentsError) || error.reason !== "not-empty") throw error;
      for (const [name] of await this.list(settings, path)) await this.delete(settings, `${path}/${name}`, { recursive });
      await deleteContents(settings, path);
    }
    this.#seen.delete(keyOf(settings, path));
  }

  /** Gives a file or directory another name or place. @throws FileRefusal `exists`, unless `overwrite` */
  async rename(settings: ServerSettings, from: string, to: string, { overwrite }: { readonly overwrite: boolean }): Promise<void> {
    if (from === to) return;
    await this.stat(settings, from);
    if (await this.#present(settings, to)) {
      if (!overwrite) throw exists(settings, to);
      await this.delete(settings, to, { recursive: true });
    }
    await renameContents(settings, from, to);
    const seen = this.#seen.get(keyOf(settings, from));
    this.#seen.delete(keyOf(settings, from));
    if (seen) keep(this.#seen, keyOf(settings, to), seen);
  }

  /** Whether a file was changed since it was read or written here; `same` for one that was not read. */
  async changeOf(settings: ServerSettings, path: string): Promise<"same" | "changed" | "gone"> {
    const seen = this.#seen.get(keyOf(settings, path));
    if (!seen) return "same";
    const present = await this.#present(settings, path);
    if (!present) return "gone";
    return present.mtime === seen.mtime && present.size === seen.size ? "same" : "changed";
  }

  /** Undefined where there is nothing. */
  async #present(settings: ServerSettings, path: string): Promise<FileStat | undefined> {
    try {
      return await this.stat(settings, path);
    } catch (error) {
      if (error instanceof ContentsError && error.reason === "missing") return undefined;
      throw error;
    }
  }

  async #refuseUnseen(settings: ServerSettings, path: string, present: FileStat): Promise<void> {
    const key = keyOf(settings, path);
    const seen = this.#seen.get(key);
    if (!seen || present.mtime <= seen.mtime || present.size !== seen.size || present.mtime === seen.told) return;
    const bytes = fileBytes(await getFile(settings, path, { format: "base64", size: present.size }));
    if (hashOf(bytes) === seen.hash) return;
    keep(this.#seen, key, { ...seen, told: present.mtime });
    throw new FileRefusal(
      "changed",
      `“${path}” was changed on ${settings.label} since it was opened here. Save again to replace that, or run “File: Revert File” to have it here.`,
    );
  }

  async #isTrusted(settings: ServerSettings, path: string, present: FileStat): Promise<boolean> {
    const seen = this.#seen.get(keyOf(settings, path));
    const isSeen = seen?.mtime === present.mtime && seen.size === present.size;
    return isSeen && seen.trusted !== undefined ? seen.trusted : isTrusted(settings, path);
  }

  #note(settings: ServerSettings, path: string, model: ContentsModel, bytes: Uint8Array, trusted?: boolean): void {
    const { mtime } = statOf(model);
    keep(this.#seen, keyOf(settings, path), { mtime, size: bytes.byteLength, hash: hashOf(bytes), trusted });
  }
}

/** As `map.set`; what was set the longest time ago goes where there are too many. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > capacity && oldest !== undefined) map.delete(oldest);
}

function statOf({ type, size, last_modified: modified, created, writable }: ContentsModel): FileStat {
  const mtime = modified === null ? 0 : Date.parse(modified);
  return {
    isDirectory: type === "directory",
    size: size ?? 0,
    mtime,
    ctime: created === null ? mtime : Date.parse(created),
    isWritable: writable,
  };
}

function exists(settings: ServerSettings, path: string): FileRefusal {
  return new FileRefusal("exists", `There is something of the name “${path}” on ${settings.label} already.`);
}

function keyOf({ baseUrl }: ServerSettings, path: string): string {
  return `${baseUrl.href} ${path}`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}
