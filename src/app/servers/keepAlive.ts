// KeepAlive: reports a server as active for as long as the user has chosen, so that the hub does not cull it. Keeping a server
// and its cost alive is the user's choice, for a stated time.
import * as v from "valibot";
import { systemClock, type Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { ProductError, hasCode, HttpError } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Account } from "../../hub/account/account";
import type { Ports } from "../ports";
import { isShared, type Server } from "./server";
import type { Servers } from "./servers";

/** Milliseconds between two reports; hubs look every five minutes, and few cull after less than ten. */
const pause = 4 * 60_000;
const prefix = "keepAlive:";

const remembered = v.object({ until: v.number() });

interface Kept {
  /** Milliseconds since the epoch. */
  readonly until: number;
  timer: Disposable | undefined;
  readonly end: AbortController;
}

/**
 * Reports activity of servers. It is remembered over reloads, and ends at its time, when the user ends it, and with
 * the server.
 *
 * A report is one small request to the server: that is what the hub's proxy, the server's own idle timer and the
 * server's reports to the hub go by. Where the token may, activity is reported to the hub too, since some proxies count nothing.
 */
export class KeepAlive implements Disposable {
  readonly #servers: Servers;
  readonly #ports: Ports;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #changed: Emitter<void>;
  readonly #subscription: Disposable;
  /** Accounts whose token may not report to the hub; by the token's owner, until the window is closed. */
  readonly #mayNotReport = new Set<string>();

  constructor(servers: Servers, ports: Ports, clock: Clock = systemClock) {
    this.#servers = servers;
    this.#ports = ports;
    this.#clock = clock;
    this.#changed = new Emitter(ports.log);
    this.#subscription = servers.onDidChange(() => this.#follow());
    this.#follow();
  }

  /** Fired when a server is kept alive from now on, or not any more. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** The servers that are kept alive, with when that ends, in milliseconds since the epoch. */
  get all(): readonly { readonly server: Server; readonly until: number }[] {
    return [...this.#kept].flatMap(([id, { until }]) => {
      const server = this.#servers.find(id);
      return server ? [{ server, until }] : [];
    });
  }

  /** When keeping it alive ends, in milliseconds since the epoch; undefined where it is not kept. */
  until(server: Server): number | undefined {
    return this.#kept.get(server.id)?.until;
  }

  /**
   * Keeps a running server alive for `ms` milliseconds from now on.
   * @throws ProductError `usage` without a duration, `server-stopped` where it does not run, or why the first report was not taken
   */
  async keep(server: Server, ms: number): Promise<void> {
    if (!(ms > 0)) throw new ProductError("usage", "Say for how long the server is to be kept alive.");
    const kept = { until: this.#clock.now() + ms, timer: undefined, end: new AbortController() };
    if (!isShared(server) && !(await mayReportActivity(server.account))) this.#mayNotReport.add(server.account.id);
    await this.#report(server, kept.end.signal);
    await this.#ports.memory.set(prefix + server.id, { until: kept.until });
    this.#drop(server.id);
    this.#kept.set(server.id, kept);
    this.#schedule(server.id, kept);
    this.#changed.fire();
  }

  /** Ends it; the server goes on for as long as its hub lets it. */
  async end(server: Server): Promise<void> {
    this.#drop(server.id);
    await this.#ports.memory.set(prefix + server.id, undefined);
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const id of [...this.#kept.keys()]) this.#drop(id);
    this.#changed.dispose();
  }

  #drop(id: string): void {
    const kept = this.#kept.get(id);
    kept?.timer?.dispose();
    kept?.end.abort(new ProductError("aborted", "The server is not kept alive any more."));
    this.#kept.delete(id);
  }

  /** Resumes what is remembered of servers that have come, and ends with servers that have gone. */
  #follow(): void {
    for (const id of [...this.#kept.keys()]) {
      const server = this.#servers.find(id);
      if (!server) this.#drop(id);
      else if (server.state === "stopped" && server.model) void this.end(server);
    }
    for (const server of this.#servers.all) {
      if (this.#kept.has(server.id)) continue;
      const until = this.#remembered(server.id);
      if (until === undefined) continue;
      const kept = { until, timer: undefined, end: new AbortController() };
      this.#kept.set(server.id, kept);
      // At once: how long the last report is ago nobody knows.
      this.#schedule(server.id, kept, 0);
      this.#changed.fire();
    }
  }

  #remembered(id: string): number | undefined {
    const result = v.safeParse(remembered, this.#ports.memory.get(prefix + id));
    return result.success ? result.output.until : undefined;
  }

  #schedule(id: string, kept: Kept, ms = pause): void {
    const left = kept.until - this.#clock.now();
    kept.timer = this.#clock.after(Math.max(0, Math.min(ms, left)), () => void this.#beat(id, kept));
  }

  async #beat(id: string, kept: Kept): Promise<void> {
    const server = this.#servers.find(id);
    if (!server) return;
    // Another window may have ended it, or said another time.
    const until = this.#remembered(id);
    if (until === undefined || until <= this.#clock.now()) {
      await this.end(server);
      return;
    }
    try {
      await this.#report(server, kept.end.signal);
    } catch (error) {
      if (kept.end.signal.aborted) return;
      this.#ports.log.warn(`${server.label} could not be kept alive`, error);
      if (hasCode(error, "server-stopped", "not-found")) {
        await this.end(server);
        return;
      }
    }
    if (this.#kept.get(id) !== kept) return;
    this.#schedule(id, kept);
  }

  async #report(server: Server, signal: AbortSignal): Promise<void> {
    const { account, owner, name, label } = server;
    // In a window that has only just opened nobody may have asked the hub yet.
    if (!server.services) await this.#servers.refresh(account, signal);
    if (!server.services) throw new ProductError("server-stopped", `The server of ${label} is not running, and so not kept alive.`);
    await server.services.kernels.refresh(signal);
    if (isShared(server) || this.#mayNotReport.has(account.id)) return;
    try {
      await account.client.reportActivity(owner, name, new Date(this.#clock.now()), { signal });
    } catch (error) {
      if (!hasCode(error, "forbidden", "not-found")) throw error;
      this.#mayNotReport.add(account.id);
      this.#ports.log.debug(`${label}: the token may not report activity to the hub; the server's own is what counts`, error);
    }
  }
}

/**
 * Activity of the account's servers is about to be reported: its token gets the right to.
 * @returns false where the hub has refused that
 */
async function mayReportActivity(account: Account): Promise<boolean> {
  try {
    await account.widen(["users:activity!user"]);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status >= 400 && error.status < 500) return false;
    throw error;
  }
}
