// The per-user cache of downloads and builds: one folder for each name and version, built once, by one process.
import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { waitFor } from "../processes/wait";
import { say, step } from "./progress";

/** How long one build may take, and so how long another process waits for it: 30 minutes. */
const BUILD_BOUND = 30 * 60_000;

/** The cache's folder. Deleting it costs time only. */
export function cacheRoot(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(base !== undefined && base !== "" ? base : join(homedir(), ".cache"), "jupyterhub-connect");
}

/** What makes a cache entry. */
export interface CacheEntry {
  /** For people: begins the folder's name. */
  name: string;
  /** Everything that decides what is inside: versions, lock files, platform. */
  key: readonly string[];
  /** Fills the folder, which is empty and in its final place, since Python environments cannot be moved. */
  build: (directory: string) => Promise<void>;
}

const underWay = new Map<string, Promise<string>>();

/** The folder of `entry`, built if it is not there. A build that failed or was killed is started afresh. */
export function cached(entry: CacheEntry): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(entry.key)).digest("hex").slice(0, 12);
  const directory = join(cacheRoot(), `${entry.name}-${hash}`);
  const known = underWay.get(directory);
  if (known !== undefined) return known;
  const promise = ensure(directory, entry);
  underWay.set(directory, promise);
  promise.catch(() => underWay.delete(directory));
  return promise;
}

async function ensure(directory: string, { name, build }: CacheEntry): Promise<string> {
  // Written last: a folder without it is the remains of a build that did not end.
  const stamp = join(directory, ".complete");
  if (existsSync(stamp)) return directory;
  return await withLock(`${directory}.lock`, name, async () => {
    if (existsSync(stamp)) return directory;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await step(`${name}: not in the cache, building it`, () => build(directory));
    writeFileSync(stamp, new Date().toISOString());
    return directory;
  });
}

/** Runs `task` while no other process runs one under the same lock file; locks of dead processes are taken over. */
export async function withLock<T>(file: string, what: string, task: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  let said = false;
  const take = (): true | undefined => {
    const owner = tryLock(file);
    if (owner === undefined) return true;
    if (!said) say(`${what}: waiting for process ${owner}, which is at it`);
    said = true;
    return undefined;
  };
  await waitFor(`${what}, which another process is building; if none is, remove ${file}`, take, BUILD_BOUND, 50);
  try {
    return await task();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock, or returns the pid that holds it. */
function tryLock(file: string): number | undefined {
  // Linked into place with its content, so that nobody reads a lock without an owner.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return undefined;
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    const owner = ownerOf(file);
    if (owner === undefined || alive(owner)) return owner ?? 0;
    removeStale(file, owner);
    return owner;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes a dead owner's lock; of several processes that see it dead one does, so that no fresh lock is removed. */
function removeStale(file: string, owner: number): void {
  const guard = `${file}.stale`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch (error) {
    if (!isCode(error, "EEXIST")) throw error;
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 10_000) rmSync(guard, { force: true });
    return;
  }
  if (ownerOf(file) === owner) rmSync(file, { force: true });
  rmSync(guard, { force: true });
}

function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
