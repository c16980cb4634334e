// Journals of notebooks' runs as files, written before anything is shown, and whose turn it is to write them.
import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Disposable } from "../base/disposable";
import type { Logger } from "../base/log";
import {
  decodeRecords,
  encodeRecord,
  runOf,
  stateOf,
  type JournaledMessage,
  type JournaledState,
  type JournalRecord,
  type JsonRecord,
  type KernelRecord,
} from "../notebook/journal";
import { decode, encode, v1Protocol } from "../services/kernel/codec";
import { weightOf, type Message } from "../services/kernel/messages";

/** A message of more bytes gets a file of its own. */
const blobFrom = 256 * 1024;
/** Bytes of messages that are kept for one notebook; a run that goes beyond is marked so. */
const capacity = 256 * 1024 * 1024;
/** Milliseconds for which a look at whose turn it is counts. */
const turnHolds = 200;
/** Milliseconds after which a journal that nobody has touched is removed. */
const maxAge = 30 * 24 * 3_600_000;

/** The journals of all notebooks, in one folder that all windows share. */
export class Journals {
  readonly #root: string;
  readonly #log: Logger;
  readonly #owner = randomUUID();

  constructor(root: string, log: Logger) {
    this.#root = root;
    this.#log = log;
    void this.#sweep();
  }

  /** The journal of the notebook that `key` names. Nothing is read or written yet. */
  of(key: string): Journal {
    return new Journal(this.#directoryOf(key), this.#owner, this.#log);
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

  #directoryOf(key: string): string {
    return join(this.#root, createHash("sha256").update(key).digest("hex").slice(0, 32));
  }

  async #sweep(): Promise<void> {
    try {
      for (const name of await readdir(this.#root)) {
        const directory = join(this.#root, name);
        if (Date.now() - (await stat(directory)).mtimeMs > maxAge) await rm(directory, { recursive: true, force: true });
      }
    } catch (error) {
      this.#log.debug("Old journals could not be looked through", error);
    }
  }
}

/**
 * One notebook's journal. The window that began to write last has its turn; another window's writes are dropped from
 * then on. A journal that cannot be written (a full disk) is logged, and the runs go on without.
 */
export class Journal implements Disposable {
  readonly #directory: string;
  readonly #owner: string;
  readonly #log: Logger;
  #file: number | undefined;
  #closed = false;
  #bytes = 0;
  #turnUntil = 0;
  /** Of runs that are over and shown; what is dropped at the next save. */
  readonly #settled = new Set<string>();
  readonly #overflown = new Set<string>();
  /** As it was read or written last. */
  #kernel: { readonly record: KernelRecord | undefined } | undefined;

  constructor(directory: string, owner: string, log: Logger) {
    this.#directory = directory;
    this.#owner = owner;
    this.#log = log;
  }

  /** What the journal holds, whoever wrote it. */
  read(): JournaledState {
    return stateOf(this.#records(), (file) => this.#readBlob(file));
  }

  /** The kernel of the runs. Asked for before each run: all that they have printed is not read for it. */
  get kernel(): KernelRecord | undefined {
    // Another window may have written since.
    if (!this.#kernel || !this.#hasTurn(0)) this.#kernel = { record: this.read().kernel };
    return this.#kernel.record;
  }

  /** From now on it is this window's turn. */
  begin(): void {
    this.#attempt(() => {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(this.#path("owner"), this.#owner, { mode: 0o600 });
      this.#turnUntil = 0;
    });
  }

  /** Writes records; they are on their way to the disk when this returns. */
  write(...records: readonly JsonRecord[]): void {
    const hasTurn = this.#hasTurn(0);
    for (const record of records) {
      if (record.kind === "settled") this.#settled.add(record.id);
      if (record.kind === "kernel" && hasTurn) this.#kernel = { record };
    }
    if (hasTurn) this.#append(...records);
  }

  /** Writes a message of the run `id`, received just now. */
  receive(id: string, message: Message): void {
    if (this.#overflown.has(id) || !this.#hasTurn(turnHolds)) return;
    const weight = weightOf(message);
    if (this.#bytes + weight > capacity) {
      this.#overflown.add(id);
      this.#append({ kind: "overflow", id });
      return;
    }
    if (weight < blobFrom) {
      this.#append({ kind: "message", at: Date.now(), message });
      return;
    }
    this.#attempt(() => {
      const file = `blob-${randomUUID()}`;
      writeFileSync(this.#path(file), encode(message, v1Protocol), { mode: 0o600 });
      this.#bytes += weight;
      this.#append({ kind: "blob", id, at: Date.now(), file });
    });
  }

  /** The runs that are over and shown: what a save that begins now will hold. */
  get settled(): readonly string[] {
    return [...this.#settled];
  }

  /** Forgets runs whose output is kept elsewhere: in the saved document. */
  forget(ids: readonly string[]): void {
    const gone = new Set(ids.filter((id) => this.#settled.has(id)));
    if (gone.size === 0 || !this.#hasTurn(0)) return;
    this.#attempt(() => {
      const records = this.#records();
      const kept = records.filter((record) => !gone.has(runOf(record) ?? ""));
      const bytes = Buffer.concat(kept.map(encodeRecord));
      this.#close();
      writeFileSync(this.#path("log.new"), bytes, { mode: 0o600 });
      renameSync(this.#path("log.new"), this.#path("log"));
      this.#bytes = bytes.length;
      for (const record of records) {
        if (record.kind === "blob" && gone.has(record.id)) rmSync(this.#path(record.file), { force: true });
      }
      for (const id of gone) this.#settled.delete(id);
    });
  }

  /** Forgets all runs. */
  clear(): void {
    if (!this.#hasTurn(0)) return;
    this.#attempt(() => {
      this.#close();
      rmSync(this.#directory, { recursive: true, force: true });
      this.#settled.clear();
      this.#kernel = { record: undefined };
    });
  }

  /** Nothing more is written by this window; what was is left for the next. */
  dispose(): void {
    this.#closed = true;
    this.#close();
  }

  /** @param holds milliseconds for which an earlier look counts */
  #hasTurn(holds: number): boolean {
    if (this.#closed) return false;
    const now = Date.now();
    if (holds > 0 && now < this.#turnUntil) return true;
    if (this.#readOwner() !== this.#owner) return false;
    this.#turnUntil = now + turnHolds;
    return true;
  }

  #readOwner(): string | undefined {
    try {
      return readFileSync(this.#path("owner"), "utf8");
    } catch {
      return undefined; // nobody has begun yet
    }
  }

  #append(...records: readonly (JsonRecord | JournaledMessage)[]): void {
    this.#attempt(() => {
      const bytes = Buffer.concat(records.map(encodeRecord));
      this.#file ??= this.#open();
      writeSync(this.#file, bytes);
      this.#bytes += bytes.length;
    });
  }

  #open(): number {
    const file = openSync(this.#path("log"), "a", 0o600);
    this.#bytes = Math.max(this.#bytes, statSync(this.#path("log")).size);
    return file;
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #records(): JournalRecord[] {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#path("log"));
    } catch {
      return []; // there is none
    }
    return decodeRecords(bytes);
  }

  #readBlob(file: string): Message | undefined {
    try {
      return decode(readFileSync(this.#path(file)), v1Protocol);
    } catch (error) {
      this.#log.warn("A large output could not be read back", error);
      return undefined;
    }
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error("A run could not be written down: should this window end now, its outputs are lost", error);
    }
  }
}
