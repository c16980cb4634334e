// Renames of open notebooks from VS Code's announcement to their end: VS Code reports success, and of failure it says nothing.
import * as vscode from "vscode";
import type { Event } from "../../base/event";
import { isMissing } from "./errors";

/** A rename, of a file or of a directory around others. */
export interface Rename {
  readonly oldUri: vscode.Uri;
  readonly newUri: vscode.Uri;
}

/** A file system that reports the outcome of renames itself: that of servers. */
export interface RenameReports {
  /** Fired when a rename has failed. */
  readonly onDidFailRename: Event<Rename>;
  /** Whether the file, or a directory around it, is being renamed just now. */
  isRenaming(uri: vscode.Uri): boolean;
}

/** An open notebook that is to be renamed. */
export interface Announced {
  readonly notebook: vscode.NotebookDocument;
  readonly to: vscode.Uri;
}

export interface RenameOutcomes<T> {
  /** The file has its new name. */
  succeeded(move: T): void;
  /** The file keeps its name. Should it get the new one all the same, `succeeded` follows. */
  failed(move: T): void;
}

/** Milliseconds after which a rename without an outcome is looked at: another extension may hold it up, or it was large. */
const outcomeTimeoutMs = 3_000;

interface Entry<T> {
  readonly move: T;
  timer: NodeJS.Timeout | undefined;
  hasFailed: boolean;
}

/** The renames of open notebooks that were announced, by what the notebooks are called afterwards. */
export class AnnouncedRenames<T extends Announced> implements vscode.Disposable {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #reports: RenameReports;
  readonly #outcomes: RenameOutcomes<T>;
  readonly #subscriptions: readonly { dispose(): void }[];

  constructor(reports: RenameReports, outcomes: RenameOutcomes<T>) {
    this.#reports = reports;
    this.#outcomes = outcomes;
    this.#subscriptions = [
      reports.onDidFailRename((rename) => {
        for (const entry of this.#of([rename])) this.#fail(entry);
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const entry of this.#of(files)) this.#succeed(entry);
      }),
    ];
  }

  /** The notebook is about to be renamed; what was announced of it before is over. */
  add(move: T): void {
    for (const [key, { move: other, hasFailed, timer }] of this.#entries) {
      if (other.notebook !== move.notebook && !(hasFailed && other.notebook.isClosed)) continue;
      clearTimeout(timer);
      this.#entries.delete(key);
    }
    const entry: Entry<T> = { move, timer: undefined, hasFailed: false };
    this.#entries.set(move.to.toString(), entry);
    this.#await(entry);
  }

  /** The rename that the notebook is in the middle of; none where it has failed. */
  of(notebook: vscode.NotebookDocument): T | undefined {
    return [...this.#entries.values()].find(({ move, hasFailed }) => !hasFailed && move.notebook === notebook)?.move;
  }

  /** Whether a notebook in the middle of its rename will be called this. */
  has(uri: vscode.Uri): boolean {
    return this.#entries.get(uri.toString())?.hasFailed === false;
  }

  /** Whether the notebook, which is closed, has another name: also by a rename that was taken for failed, and was only slow. */
  async isRenamed(notebook: vscode.NotebookDocument): Promise<boolean> {
    const entry = [...this.#entries.values()].find(({ move }) => move.notebook === notebook);
    return entry !== undefined && (!entry.hasFailed || (await hasMoved(entry.move)));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
  }

  /** The notebooks that these renames concern. */
  #of(renames: readonly Rename[]): readonly Entry<T>[] {
    return [...this.#entries.values()].filter(
      ({ move: { notebook, to } }) => newUriOf(notebook.uri, renames)?.toString() === to.toString(),
    );
  }

  #await(entry: Entry<T>): void {
    entry.timer = setTimeout(() => void this.#look(entry), outcomeTimeoutMs);
  }

  async #look(entry: Entry<T>): Promise<void> {
    const { notebook } = entry.move;
    if (this.#reports.isRenaming(notebook.uri)) {
      this.#await(entry);
      return;
    }
    // One of several files may be renamed though VS Code calls the whole a failure.
    const moved = await hasMoved(entry.move);
    if (this.#entries.get(entry.move.to.toString()) !== entry) return;
    if (moved) this.#succeed(entry);
    else this.#fail(entry);
  }

  #succeed(entry: Entry<T>): void {
    clearTimeout(entry.timer);
    this.#entries.delete(entry.move.to.toString());
    this.#outcomes.succeeded(entry.move);
  }

  #fail(entry: Entry<T>): void {
    if (entry.hasFailed) return;
    clearTimeout(entry.timer);
    entry.hasFailed = true;
    this.#outcomes.failed(entry.move);
  }
}

/** The new URI of a file after these renames, its own or that of a directory around it; undefined where it stays. */
export function newUriOf(uri: vscode.Uri, renames: readonly Rename[]): vscode.Uri | undefined {
  for (const { oldUri, newUri } of renames) {
    if (uri.scheme !== oldUri.scheme || uri.authority !== oldUri.authority) continue;
    if (uri.path === oldUri.path) return newUri;
    if (uri.path.startsWith(`${oldUri.path}/`)) return newUri.with({ path: newUri.path + uri.path.slice(oldUri.path.length) });
  }
  return undefined;
}

/** Whether the file is under its new name, and under the old one no more. */
async function hasMoved({ notebook, to }: Announced): Promise<boolean> {
  return (await presenceOf(to)) === "there" && (await presenceOf(notebook.uri)) === "gone";
}

async function presenceOf(uri: vscode.Uri): Promise<"there" | "gone" | "unknown"> {
  try {
    await vscode.workspace.fs.stat(uri);
    return "there";
  } catch (error) {
    return isMissing(error) ? "gone" : "unknown";
  }
}
