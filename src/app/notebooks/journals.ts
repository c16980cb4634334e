// The journals of all notebooks' runs, in one folder that all windows share: found, moved, and deleted when they have expired.
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Disposable } from "../../base/disposable";
import type { Logger } from "../../base/log";
import { Journal } from "./journalFiles";
import { isQuestion, JournalHolders, type Held, type Holding } from "./journalHolders";
import { hasEnded, ownerOf } from "./journalOwner";

export type { Journal } from "./journalFiles";

/** Milliseconds after which a journal that nobody has touched is removed. */
const maxAge = 30 * 24 * 3_600_000;
/** Milliseconds between two touches of a journal in use: its cells may print nothing for longer than `maxAge`. */
const touching = 24 * 3_600_000;

/** Write-ahead: journals are written before anything is shown, so that another window can resume the runs. */
export class Journals implements Disposable {
  readonly #root: string;
  readonly #log: Logger;
  readonly #owner = randomUUID();
  /** The journals of this window. */
  readonly #open = new Map<Journal, () => void>();
  /** Accounts that were signed out of: a notebook may still have a kernel of theirs, and its cells are not written down. */
  readonly #forgotten = new Set<string>();
  readonly #touching: NodeJS.Timeout;
  readonly #holders: JournalHolders;

  /** @param isShown resolves if this window is on a screen */
  constructor(root: string, log: Logger, isShown: () => Promise<unknown> = () => Promise.resolve()) {
    this.#root = root;
    this.#log = log;
    this.#holders = new JournalHolders(root, log, {
      isShown,
      holding: (name) => this.#holding(name),
      give: (name) => this.#holderHere(name)?.(),
    });
    void this.#sweep();
    this.#touching = setInterval(() => this.touch(), touching).unref();
  }

  /**
   * The journal of the notebook that `key` names. Nothing is read or written yet.
   * @param wanted called when the user wants the notebook's runs in another window: this one is to leave them in order
   */
  of(key: string, wanted: () => void = () => undefined): Journal {
    const directory = this.#directoryOf(key);
    const journal = new Journal(directory, this.#owner, this.#log, {
      accepts: (server) => !this.#isForgotten(server),
      began: () => this.#holders.listen(),
      ended: () => this.#holders.free(basename(directory)),
    });
    for (const other of this.#open.keys()) if (other.isClosed) this.#open.delete(other);
    this.#open.set(journal, wanted);
    return journal;
  }

  /** Whether another window wrote it last, and may be there still. */
  mayBeHeld({ directory }: Journal): boolean {
    const last = ownerOf(directory);
    return last !== undefined && last.owner !== this.#owner && !hasEnded(last);
  }

  /** Asks the window that wrote it last. @returns undefined where that is gone, has closed the notebook, or is not shown */
  async holderOf({ directory }: Journal): Promise<Held | undefined> {
    return this.#holders.ask(basename(directory));
  }

  /** The notebook has another key now: what is on record of its runs goes with it. Nothing may have it open. */
  move(from: string, to: string): void {
    const [source, target] = [this.#directoryOf(from), this.#directoryOf(to)];
    if (!existsSync(source)) return;
    try {
      rmSync(target, { recursive: true, force: true });
      renameSync(source, target);
    } catch (error) {
      this.#log.warn("What is on record of a notebook's runs could not follow it", error);
    }
  }

  /**
   * Deletes what is on record of runs on the servers of this account, in whichever window they were, and what does not
   * say whose it is. What cannot be deleted is logged; the others go. Nothing more of it is written by this window.
   * @param id the account's, with which the ids of its servers begin
   */
  forgetAccount(id: string): void {
    this.#forgotten.add(id);
    for (const directory of this.#directories()) {
      const journal = new Journal(directory, this.#owner, this.#log);
      try {
        if (journal.server !== undefined && !isOn(journal.server, id)) continue;
        for (const open of this.#open.keys()) if (open.directory === directory) open.forgetAll();
        // On Windows what another window has open goes a little later.
        rmSync(directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
      } catch (error) {
        this.#log.error("What is on record of a notebook's runs on a hub that you signed out of could not be deleted", error);
      }
    }
  }

  /** The account is signed in: its runs are written down. */
  rememberAccount(id: string): void {
    this.#forgotten.delete(id);
  }

  /** Touches the journals that this window has open, as in use. */
  touch(): void {
    for (const journal of this.#open.keys()) journal.touch();
  }

  dispose(): void {
    clearInterval(this.#touching);
    this.#holders.dispose();
  }

  #holding(name: string): Holding {
    if (ownerOf(join(this.#root, name))?.owner !== this.#owner) return "other";
    return this.#holderHere(name) ? "held" : "free";
  }

  /** Tells the notebook of this journal that another window wants its runs. */
  #holderHere(name: string): (() => void) | undefined {
    const [, wanted] = [...this.#open].find(([{ directory, isClosed }]) => basename(directory) === name && !isClosed) ?? [];
    return wanted;
  }

  #isForgotten(server: string): boolean {
    return [...this.#forgotten].some((id) => isOn(server, id));
  }

  #directoryOf(key: string): string {
    return join(this.#root, createHash("sha256").update(key).digest("hex").slice(0, 32));
  }

  #directories(): readonly string[] {
    try {
      return readdirSync(this.#root)
        .filter((name) => !isQuestion(name))
        .map((name) => join(this.#root, name));
    } catch {
      return []; // nothing was ever written
    }
  }

  async #sweep(): Promise<void> {
    try {
      for (const name of await readdir(this.#root)) {
        const directory = join(this.#root, name);
        // Writing to a file does not change its directory's time.
        const times = await Promise.all(["log", "owner", "."].map((file) => timeOf(join(directory, file))));
        if (Date.now() - Math.max(...times) > maxAge) await rm(directory, { recursive: true, force: true });
      }
    } catch (error) {
      this.#log.debug("Old journals could not be looked through", error);
    }
  }
}

/** Whether a server, by its id, is one of the account's. */
function isOn(server: string, account: string): boolean {
  return server.startsWith(`${account}/`);
}

/** When a file was changed last, in milliseconds since the epoch; 0 where there is none. */
function timeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
