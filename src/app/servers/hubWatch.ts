// HubWatch: keeps the list of servers fresh while the view is visible, by polling the hub, which does not count as activity of a server:
// unlike a request to a server it keeps none alive.
import type { Clock } from "../../base/clock";
import type { Disposable } from "../../base/disposable";
import { asError, hasCode } from "../../base/errors";
import { Emitter } from "../../base/event";
import type { Account } from "../../hub/account/account";
import { Poller } from "../../services/poller";
import type { Hubs } from "../hubs/hubs";
import type { Ports } from "../ports";
import type { Servers } from "./servers";

/** One poller for each account; a hub that refuses or is gone is asked no more, or ever more rarely. */
export class HubWatch implements Disposable {
  readonly #hubs: Hubs;
  readonly #servers: Servers;
  readonly #ports: Ports;
  readonly #clock: Clock | undefined;
  readonly #pollers = new Map<Account, Poller>();
  readonly #problems = new WeakMap<Account, Error>();
  readonly #changed: Emitter<Account>;
  readonly #subscription: Disposable;
  #looks = 0;

  constructor(hubs: Hubs, servers: Servers, ports: Ports, clock?: Clock) {
    this.#hubs = hubs;
    this.#servers = servers;
    this.#ports = ports;
    this.#clock = clock;
    this.#changed = new Emitter(ports.log);
    this.#subscription = hubs.onDidChange(() => this.#follow());
  }

  /** Fired with the account whose hub has answered again, or could not be asked. */
  get onDidChange() {
    return this.#changed.event;
  }

  /** Why the account's hub could not be asked the last time; undefined where it answered. */
  problem(account: Account): Error | undefined {
    return this.#problems.get(account);
  }

  /** Asks the account's hub for its servers now. @throws ProductError */
  async refresh(account: Account, signal?: AbortSignal): Promise<void> {
    try {
      await this.#servers.refresh(account, signal);
      this.#note(account, undefined);
    } catch (error) {
      if (!hasCode(error, "aborted")) this.#note(account, asError(error));
      throw error;
    }
  }

  /** Keeps the servers' states fresh until the result is disposed; held while they are on the screen. */
  look(): Disposable {
    let holds = true;
    this.#looks++;
    this.#follow();
    return {
      dispose: () => {
        if (!holds) return;
        holds = false;
        this.#looks--;
        this.#follow();
      },
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const poller of this.#pollers.values()) poller.dispose();
    this.#pollers.clear();
    this.#changed.dispose();
  }

  #note(account: Account, problem: Error | undefined): void {
    const before = this.#problems.get(account);
    if (problem) this.#problems.set(account, problem);
    else this.#problems.delete(account);
    if (problem || before) this.#changed.fire(account);
  }

  #follow(): void {
    const wanted = new Set(this.#looks > 0 ? this.#hubs.accounts.filter(({ state }) => state === "signed-in") : []);
    for (const [account, poller] of [...this.#pollers]) {
      if (wanted.has(account)) continue;
      poller.dispose();
      this.#pollers.delete(account);
    }
    for (const account of wanted) {
      if (this.#pollers.has(account)) continue;
      const poller = this.#pollerOf(account);
      poller.acquire();
      this.#pollers.set(account, poller);
    }
  }

  #pollerOf(account: Account): Poller {
    const { activity, log } = this.#ports;
    const states = (): string => JSON.stringify(this.#servers.of(account).map(({ id, state }) => [id, state]));
    const poll = async (signal: AbortSignal): Promise<boolean> => {
      const before = states();
      await this.refresh(account, signal);
      return states() !== before;
    };
    const poller = new Poller({ poll, activity, log, clock: this.#clock });
    poller.onDidFail((error) => log.debug(`${account.label}: its servers could not be listed`, error));
    return poller;
  }
}
