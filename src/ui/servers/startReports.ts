// Progress reports of the starts that this window waits for, for views that show them beside the notification.
import type { StartProgress } from "../../app/servers/servers";
import type { Server } from "../../app/servers/server";
import type { Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";

/** The hub's report of a start, and its time in milliseconds since the epoch. */
export interface StartWord extends StartProgress {
  readonly at: number;
}

/** Words of one start that are kept; some spawners tell of every layer of an image. */
const kept = 200;

/** The last word of each start while somebody waits for it, and all words of the last one. */
export class StartReports implements Disposable {
  readonly #reports = new Map<string, StartProgress>();
  readonly #words = new Map<string, readonly StartWord[]>();
  readonly #changed: Emitter<void>;

  constructor(log: Logger) {
    this.#changed = new Emitter(log);
  }

  /** Fired when any of them has changed. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** Undefined where nothing was said yet, or nobody waits. */
  of({ id }: Server): StartProgress | undefined {
    return this.#reports.get(id);
  }

  /** The reports of the last start that this window has waited for, oldest first. */
  wordsOf({ id }: Server): readonly StartWord[] {
    return this.#words.get(id) ?? [];
  }

  /** @param progress undefined: nobody waits any more */
  note({ id }: Server, progress: StartProgress | undefined): void {
    const isWaitedFor = this.#reports.has(id);
    if (progress) {
      const before = isWaitedFor ? (this.#words.get(id) ?? []) : [];
      this.#words.set(id, [...before, { ...progress, at: Date.now() }].slice(-kept));
      this.#reports.set(id, progress);
    } else if (!this.#reports.delete(id)) return;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
