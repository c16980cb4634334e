// The journal of one notebook's runs as files in a directory, and the lease (turn) that says which window may write them.
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Disposable } from "../../base/disposable";
import type { Logger } from "../../base/log";
import {
  decodeRecords,
  encodeRecord,
  runOf,
  journaledStateOf,
  type JournaledMessage,
  type JournaledState,
  type JournalRecord,
  type JsonRecord,
  type KernelRecord,
} from "../../notebook/run/journal";
import { decode, encode, v1Protocol } from "../../services/kernel/codec";
import { weightOf, type Message } from "../../services/kernel/messages";
import { ownerOf, ownerText } from "./journalOwner";

/** A message of more bytes gets a file of its own. */
const blobFrom = 256 * 1024;
/** Bytes of messages that are kept for one notebook; a run that goes beyond is marked so. */
const capacity = 256 * 1024 * 1024;
/** Milliseconds for which a check of the lease is valid. */
const turnHolds = 200;

/** Callbacks of a journal. */
export interface JournalPorts {
  /** Whether runs on the server of this id are written down. */
  accepts(server: string): boolean;
  /** This window has the lease. */
  began(): void;
  /** This window had the lease, and is done with the journal. */
  ended(): void;
}

const alone: JournalPorts = { accepts: () => true, began: () => undefined, ended: () => undefined };

/**
 * One notebook's journal. The window that began to write last has the lease (its turn); another window's writes are
 * dropped from then on. A journal that cannot be written (a full disk) is logged, and the runs go on without.
 */
export class Journal implements Disposable {
  readonly directory: string;
  readonly #owner: string;
  readonly #log: Logger;
  readonly #ports: JournalPorts;
  #file: number | undefined;
  #closed = false;
  #accepted = true;
  #bytes = 0;
  #turnUntil = 0;
  #hadTurn = false;
  /** Runs that are over and shown; the next save drops them. */
  readonly #settled = new Set<string>();
  readonly #overflown = new Set<string>();
  /** As it was read or written last. */
  #kernel: { readonly record: KernelRecord | undefined } | undefined;

  constructor(directory: string, owner: string, log: Logger, ports: JournalPorts = alone) {
    this.directory = directory;
    this.#owner = owner;
    this.#log = log;
    this.#ports = ports;
  }

  /** The content of the journal, whoever wrote it. */
  read(): JournaledState {
    return journaledStateOf(this.#records(), (file) => this.#readBlob(file));
  }

  /** The kernel of the runs. Read before each run, so their output is not read for it. */
  get kernel(): KernelRecord | undefined {
    // Another window may have written since.
    if (!this.#kernel || !this.#hasTurn(0)) this.#kernel = { record: this.read().kernel };
    return this.#kernel.record;
  }

  /** The id of the server that the runs are on; undefined where that is not on record. */
  get server(): string | undefined {
    return ownerOf(this.directory)?.server ?? this.#records().findLast((record) => record.kind === "kernel")?.server;
  }

  /** Whether it is this window that writes it. */
  get hasTurn(): boolean {
    return this.#hasTurn(0);
  }

  /** Whether another window has taken the lease from this one. */
  get isTaken(): boolean {
    const owner = this.#hadTurn ? ownerOf(this.directory)?.owner : undefined;
    return owner !== undefined && owner !== this.#owner;
  }

  /** Whether this window is done with it. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Takes the lease: from now on it is this window's turn.
   * @param server the id of the server that the runs are on: with its account they go
   */
  begin(server: string): void {
    this.#accepted = this.#ports.accepts(server);
    if (!this.#accepted) return;
    this.#attempt(() => {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileSync(this.#path("owner"), ownerText(this.#owner, server), { mode: 0o600 });
      this.#turnUntil = 0;
      this.#hadTurn = true;
    });
    this.#ports.began();
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
      rmSync(this.directory, { recursive: true, force: true });
      this.#settled.clear();
      this.#kernel = { record: undefined };
    });
  }

  /** All of it is about to be deleted, or was: nothing is written before `begin` is called again. */
  forgetAll(): void {
    this.#accepted = false;
    this.#close();
    this.#turnUntil = 0;
    this.#bytes = 0;
    this.#settled.clear();
    this.#kernel = undefined;
  }

  /** Marks the journal as in use. */
  touch(): void {
    if (!this.#hasTurn(0)) return;
    const now = new Date();
    this.#attempt(() => utimesSync(this.#path("owner"), now, now));
  }

  /** Nothing more is written by this window; what was is left for the next. */
  dispose(): void {
    const hadTurn = this.hasTurn;
    this.#closed = true;
    this.#close();
    if (hadTurn) this.#ports.ended();
  }

  /** @param holds milliseconds for which an earlier look counts */
  #hasTurn(holds: number): boolean {
    if (this.#closed || !this.#accepted) return false;
    const now = Date.now();
    if (holds > 0 && now < this.#turnUntil) return true;
    if (ownerOf(this.directory)?.owner !== this.#owner) return false;
    this.#turnUntil = now + turnHolds;
    return true;
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
    return join(this.directory, name);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error("A run could not be written down: should this window end now, its outputs are lost", error);
    }
  }
}
