// What the hub has said of the starts that this window waits for: for those who show it beside the notification.
import type { StartProgress } from "../../app/servers";
import type { Server } from "../../app/server";
import type { Disposable } from "../../base/disposable";
import { Emitter } from "../../base/event";
import type { Logger } from "../../base/log";

/** The last word of each start, while somebody waits for it. */
export class StartReports implements Disposable {
  readonly #reports = new Map<string, StartProgress>();
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

  /** @param progress undefined: nobody waits any more */
  note({ id }: Server, progress: StartProgress | undefined): void {
    if (progress) this.#reports.set(id, progress);
    else if (!this.#reports.delete(id)) return;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
