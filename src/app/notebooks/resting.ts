// Idle disconnect (resting): idle kernels of a user who has been away are disconnected, so that the hub may count their server as
// idle. The websocket is closed in order, and the next use opens it with the same id.
import { systemClock, type Clock } from "../../base/clock";
import { DisposableStore, type Disposable } from "../../base/disposable";
import type { NotebookSessions } from "./notebookSessions";
import type { Ports } from "../ports";

/** Milliseconds for which a kernel must have been idle: between two cells of a run it is so for a moment. */
const calm = 30_000;

/**
 * Every byte that a client sends keeps a server, and its cost, alive: an open connection too, which answers the server's
 * pings; the hub's proxy counts that as activity. Messages of resting kernels are kept by their servers for the replay.
 */
export class Resting implements Disposable {
  readonly #sessions: Pick<NotebookSessions, "rest" | "onDidChange">;
  readonly #ports: Pick<Ports, "activity" | "restAfter">;
  readonly #clock: Clock;
  readonly #resources = new DisposableStore();
  /** When the user has been away for long enough. */
  #leaving: Disposable | undefined;
  /** Counting to the next look at what has become idle meanwhile. */
  #settling: Disposable | undefined;
  #isAway = false;

  constructor(
    sessions: Pick<NotebookSessions, "rest" | "onDidChange">,
    ports: Pick<Ports, "activity" | "restAfter">,
    clock: Clock = systemClock,
  ) {
    this.#sessions = sessions;
    this.#ports = ports;
    this.#clock = clock;
    const { activity } = ports;
    if (!activity) return;
    this.#resources.add(activity.onDidChange((active) => this.#follow(active)));
    this.#resources.add(sessions.onDidChange(() => this.#settle()));
    this.#follow(activity.isActive);
  }

  dispose(): void {
    this.#end();
    this.#resources.dispose();
  }

  #follow(active: boolean): void {
    this.#end();
    const after = this.#ports.restAfter?.();
    if (active || after === undefined) return;
    this.#leaving = this.#clock.after(after, () => {
      this.#isAway = true;
      this.#sessions.rest();
    });
  }

  /** A kernel has changed: one that has become idle rests as well. */
  #settle(): void {
    if (!this.#isAway) return;
    this.#settling?.dispose();
    this.#settling = this.#clock.after(calm, () => this.#sessions.rest());
  }

  #end(): void {
    this.#isAway = false;
    this.#leaving?.dispose();
    this.#settling?.dispose();
  }
}
